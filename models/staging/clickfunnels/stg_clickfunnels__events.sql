with

events as (

    select * from {{ source('clickfunnels', 'events') }}

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.told('event_id') }} as event_id,
        lower({{ ledgerline.trimmed('email') }}) as email,
        cast(clickfunnels_contact_id as bigint) as clickfunnels_contact_id,
        cast(keap_id as bigint) as keap_id,
        cast(manychat_id as bigint) as manychat_id,

        -- texts
        name,
        value,
        type,
        comment,

        -- timestamps
        {{ ledgerline.instant_or_day('timestamp') }} as event_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from events

)

select * from final
