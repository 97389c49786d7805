with

contacts as (

    select * from {{ ref('int_contacts_described') }}

),

final as (

    select
        -- ids
        organization_id,
        contact_id as id,

        -- timestamps
        created_at,

        -- texts
        email,
        phone,
        coalesce(full_name, nullif({{ ledgerline.trimmed("concat_ws(' ', first_name, last_name)") }}, '')) as full_name,
        first_name,
        last_name,
        calendar_status,
        obvio_link,

        -- ids of other systems
        clickfunnels_id,
        keap_id,
        manychat_id,
        time_zone,

        -- booleans
        is_deleted

    from contacts

)

select * from final
