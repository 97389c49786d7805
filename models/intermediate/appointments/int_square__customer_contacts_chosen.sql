-- Name and contacts of touched customers: the canonical profile's, else the live member's updated last that has one.
{%- set attribute = var('square_acquisition_attribute') %}

with

touched as (

    select
        organization_id,
        canonical_customer_id
    from {{ ref('int_square__customers_touched') }}

),

members as (

    select
        customers.organization_id,
        resolved.canonical_customer_id,
        customers.customer_id,
        customers.given_name,
        customers.family_name,
        customers.email_address,
        customers.phone_number,
        customers.creation_source,
        {% if attribute -%}
            nullif(trim(coalesce(
                ({{ ledgerline.json_texts('customers.custom_attributes', [attribute ~ '.value']) }})[1],
                ({{ ledgerline.json_texts('customers.custom_attributes', [attribute]) }})[1]
            )), '')
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as acquisition_source,
        customers.is_email_unsubscribed,
        customers.is_live,
        customers.customer_id = resolved.canonical_customer_id as is_canonical,
        customers.updated_at,
        customers.first_extracted_at,
        customers.last_extracted_at
    from {{ ref('int_square__customers_unioned') }} as customers
    inner join {{ ref('int_square__customers_resolved') }} as resolved
        on customers.organization_id = resolved.organization_id and customers.customer_id = resolved.customer_id
    inner join touched
        on
            resolved.organization_id = touched.organization_id
            and resolved.canonical_customer_id = touched.canonical_customer_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, canonical_customer_id
            order by is_canonical desc, updated_at desc nulls last, {{ ledgerline.by_bytes('customer_id') }} asc
        ) as member_rank
    from members

),

-- The best rank that has a value, per field.
{%- set fields = ['given_name', 'family_name', 'email_address', 'phone_number', 'acquisition_source'] %}
first_ranks as (

    select
        organization_id,
        canonical_customer_id,
        {%- for name in fields %}
        min(case when {{ name }} is not null then member_rank end) as {{ name }}_rank,
        {%- endfor %}
        max(case when is_canonical then creation_source end) as creation_source,
        max(case when is_live and is_email_unsubscribed then 1 when is_live and not is_email_unsubscribed then 0 end)
        = 1 as is_email_unsubscribed,
        max(case when is_live then 1 else 0 end) = 1 as has_live_profile,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from ranked
    group by organization_id, canonical_customer_id

),

final as (

    select
        first_ranks.organization_id,
        first_ranks.canonical_customer_id,
        {%- for name in fields %}
        max(case when ranked.member_rank = first_ranks.{{ name }}_rank then ranked.{{ name }} end) as {{ name }},
        {%- endfor %}
        first_ranks.creation_source,
        first_ranks.is_email_unsubscribed,
        first_ranks.has_live_profile,
        first_ranks.first_extracted_at,
        first_ranks.last_extracted_at
    from first_ranks
    inner join ranked
        on
            first_ranks.organization_id = ranked.organization_id
            and first_ranks.canonical_customer_id = ranked.canonical_customer_id
    group by
        first_ranks.organization_id,
        first_ranks.canonical_customer_id,
        first_ranks.creation_source,
        first_ranks.is_email_unsubscribed,
        first_ranks.has_live_profile,
        first_ranks.first_extracted_at,
        first_ranks.last_extracted_at

)

select * from final
