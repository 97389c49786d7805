-- Profiles with the customer whose they are.
{%- set attribute = var('square_acquisition_attribute') %}
with

customers as (select * from {{ ref('int_square__customers_unioned') }}),

resolved as (select * from {{ ref('int_square__customers_resolved') }}),

final as (

    select
        -- ids
        resolved.customer_number,
        customers.customer_id,

        -- texts
        customers.given_name,
        customers.family_name,
        customers.email_address,
        customers.phone_number,
        customers.creation_source,
        {% if attribute -%}
            nullif({{ ledgerline.trimmed(
                'coalesce(' ~ ledgerline.json_text('customers.custom_attributes', attribute ~ '.value')
                ~ ', ' ~ ledgerline.json_text('customers.custom_attributes', attribute) ~ ')'
            ) }}, '')
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as acquisition_source,

        -- numerics
        resolved.group_size,

        -- booleans
        customers.is_email_unsubscribed,
        customers.is_live,
        customers.customer_id = resolved.canonical_customer_id as is_canonical,

        -- timestamps
        customers.updated_at,
        customers.first_extracted_at,
        customers.last_extracted_at

    from customers
    inner join resolved
        on customers.organization_id = resolved.organization_id and customers.customer_id = resolved.customer_id

)

select * from final
