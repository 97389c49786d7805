with

export_contacts as (

    select * from {{ source('clickfunnels', 'export_contacts') }}

),

final as (

    select
        -- ids
        organization_id,
        -- What was landed as the only name of somebody stays it.
        coalesce(
            {{ ledgerline.email_address('email') }},
            case
                when coalesce(clickfunnels_id, keap_id, manychat_id) is null
                    then lower({{ ledgerline.trimmed('email') }})
            end
        ) as email,
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
