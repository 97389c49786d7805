-- Profiles that count once: Square's own, and those of exports for ids that Square's lack. Keys by which two profiles
-- may be one person come from live profiles only.
with

customers as (

    select * from {{ ref('stg_square__customers') }}

),

-- Not `customers` again: what is read in two places an engine may copy first, with all its columns.
landed_ids as (

    select
        organization_id,
        customer_id
    from {{ ref('stg_square__customers') }}

),

export_customers as (

    select * from {{ ref('stg_square__export_customers') }}

),

unioned as (

    select
        organization_id,
        customer_id,
        case when not is_deleted then given_name end as given_name,
        case when not is_deleted then family_name end as family_name,
        case when not is_deleted then email_address end as email_address,
        case when not is_deleted then phone_number end as phone_number,
        creation_source,
        case when not is_deleted then custom_attributes end as custom_attributes,
        is_email_unsubscribed,
        not is_deleted as is_live,
        created_at,
        updated_at,
        first_extracted_at,
        last_extracted_at
    from customers

    union all

    select
        export_customers.organization_id,
        export_customers.customer_id,
        min(export_customers.given_name) as given_name,
        min(export_customers.family_name) as family_name,
        min(export_customers.email_address) as email_address,
        min(export_customers.phone_number) as phone_number,
        min(export_customers.creation_source) as creation_source,
        cast(null as varchar) as custom_attributes,
        cast(null as boolean) as is_email_unsubscribed,
        true as is_live,
        cast(null as timestamptz) as created_at,
        cast(null as timestamptz) as updated_at,
        min(export_customers.extracted_at) as first_extracted_at,
        max(export_customers.extracted_at) as last_extracted_at
    from export_customers
    left join landed_ids
        on
            export_customers.organization_id = landed_ids.organization_id
            and export_customers.customer_id = landed_ids.customer_id
    where landed_ids.customer_id is null
    group by export_customers.organization_id, export_customers.customer_id

),

digits_read as (

    select
        *,
        regexp_replace(phone_number, '[^0-9]', '', 'g') as phone_digits
    from unioned

),

final as (

    select
        organization_id,
        customer_id,
        given_name,
        family_name,
        email_address,
        phone_number,
        creation_source,
        custom_attributes,
        case
            when length(phone_digits) = 11 and phone_digits like '1%' then substr(phone_digits, 2)
            when length(phone_digits) >= 10 then phone_digits
        end as phone_key,
        lower(email_address) as email_key,
        case
            when given_name is not null and family_name is not null
                then regexp_replace(lower(given_name || ' ' || family_name), '{{ ledgerline.whitespace() }}+', ' ', 'g')
        end as name_key,
        is_email_unsubscribed,
        is_live,
        created_at,
        updated_at,
        first_extracted_at,
        last_extracted_at
    from digits_read

)

select * from final
