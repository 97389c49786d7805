-- What each doer of events is known by, up to the as-of, and when they did the first and the last.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_analytics_events_digested'), 'events_digest') }}"
) }}

with

changed as (

    {{ ledgerline.not_kept(ref('int_analytics_events_digested'), 'events_digest') }}

),

events as (

    select
        events.*,
        changed.events_digest
    from {{ ref('int_analytics_events_told') }} as events
    cross join changed

),

grouped as (

    select
        events_digest,
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
    group by events_digest, organization_id, identity_number

),

final as (

    select
        *,
        {{ ledgerline.change_number('identity_number', 'first_at', 'last_at') }} as record_number
    from grouped

)

select * from final
