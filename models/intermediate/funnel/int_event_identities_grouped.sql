-- What each doer of events is known by, up to the as-of, and when they did the first and the last.
with

events as (

    select * from {{ ref('int_analytics_events_told') }}

),

grouped as (

    select
        organization_id,
        identity_number,
        -- One number, one address and ids.
        min(email) as email,
        min(clickfunnels_contact_id) as clickfunnels_contact_id,
        min(keap_id) as keap_id,
        min(manychat_id) as manychat_id,
        min(event_at) as first_at,
        max(event_at) as last_at
    from events
    group by organization_id, identity_number

),

final as (

    select
        *,
        {{ ledgerline.change_number('identity_number', 'first_at', 'last_at') }} as record_number
    from grouped

)

select * from final
