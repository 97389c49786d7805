with

export_contacts as (

    select * from {{ source('clickfunnels', 'export_contacts') }}

),

final as (

    select
        -- ids
        organization_id,
        lower({{ ledgerline.trimmed('email') }}) as email,
        cast(clickfunnels_id as bigint) as clickfunnels_id,
        cast(keap_id as bigint) as keap_id,
        cast(manychat_id as bigint) as manychat_id,

        -- texts
        {{ ledgerline.told('calendar_status') }} as calendar_status,
        {{ ledgerline.told('obvio_link') }} as obvio_link,
        {{ ledgerline.told('phone') }} as phone,
        {{ ledgerline.told('full_name') }} as full_name,
        {{ ledgerline.told('first_name') }} as first_name,
        {{ ledgerline.told('last_name') }} as last_name,

        -- timestamps
        {{ ledgerline.instant_or_day('created_at') }} as created_at,
        {{ ledgerline.instant_or_day('updated_at') }} as updated_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from export_contacts

)

select * from final
