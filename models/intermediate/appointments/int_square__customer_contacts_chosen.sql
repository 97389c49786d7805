-- Name and contacts of touched customers: the canonical profile's, else the live member's updated last that has one.
{%- set attribute = var('square_acquisition_attribute') %}

with

touched as (

    select customer_number from {{ ref('int_square__customers_touched') }}

),

members as (

    select
        resolved.customer_number,
        customers.customer_id,
        customers.given_name,
        customers.family_name,
        customers.email_address,
        customers.phone_number,
        customers.creation_source,
        {% if attribute -%}
            nullif({{ ledgerline.trimmed(
                'coalesce((' ~ ledgerline.json_texts('customers.custom_attributes', [attribute ~ '.value'])
                ~ ')[1], (' ~ ledgerline.json_texts('customers.custom_attributes', [attribute]) ~ ')[1])'
            ) }}, '')
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as acquisition_source,
        customers.is_email_unsubscribed,
        customers.is_live,
        resolved.group_size,
        customers.customer_id = resolved.canonical_customer_id as is_canonical,
        -- Updated last comes first, and a profile without a time last.
        coalesce({{ ledgerline.latest_first('customers.updated_at') }}, 9223372036854775807) as update_order,
        customers.first_extracted_at,
        customers.last_extracted_at
    from {{ ref('int_square__customers_unioned') }} as customers
    inner join {{ ref('int_square__customers_resolved') }} as resolved
        on customers.organization_id = resolved.organization_id and customers.customer_id = resolved.customer_id
    inner join touched on resolved.customer_number = touched.customer_number

),

final as (

    -- Most people are one id, and leave nothing to choose.
    select
        customer_number,
        given_name,
        family_name,
        email_address,
        phone_number,
        acquisition_source,
        creation_source,
        case when is_live then is_email_unsubscribed end as is_email_unsubscribed,
        is_live as has_live_profile,
        first_extracted_at,
        last_extracted_at
    from members
    where group_size = 1

    union all

    -- Per field, the first member that has a value.
    select
        customer_number,
        {%- for name in ['given_name', 'family_name', 'email_address', 'phone_number', 'acquisition_source'] %}
        {{ ledgerline.first_by(name, [
            'not is_canonical', 'update_order', ledgerline.by_bytes('customer_id')
        ]) }} as {{ name }},
        {%- endfor %}
        max(case when is_canonical then creation_source end) as creation_source,
        max(case when is_live and is_email_unsubscribed then 1 when is_live and not is_email_unsubscribed then 0 end)
        = 1 as is_email_unsubscribed,
        max(case when is_live then 1 else 0 end) = 1 as has_live_profile,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from members
    where group_size > 1
    group by customer_number

)

select * from final
