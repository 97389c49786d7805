-- Customers, and a fingerprint of all that their facts are made from: every row of theirs in the tables that the facts
-- read, in every column but their number, which is another in every build. The as-of is in it where it is in those
-- rows: a visit begins, or leaves the last 30 days.
{{ ledgerline.square_assert_all_is_built() }}
{%- set parts = {
    'profiles': 'int_square__profiles_resolved',
    'bookings': 'int_square__bookings_placed',
    'segments': 'int_square__segments_valued',
    'orders': 'int_square__orders_settled',
    'walk_ins': 'int_square__walk_ins_found',
    'payments': 'int_square__payments_measured',
    'referred': 'int_square__referral_revenue_summed'
} %}
{#- What makes an id somebody, beside any booking or order: one that only a merge names is nobody. -#}
{%- set counts_if = {'profiles': 'is_live', 'payments': 'is_own_currency'} %}
with

people as (

    select * from {{ ref('int_square__customers_resolved') }}
    where customer_id = canonical_customer_id

),

{% for part, relation in parts.items() -%}
{{ part }} as (

    select
        customer_number,
        {%- if part in counts_if %}
        max(case when {{ counts_if[part] }} then 1 else 0 end) = 1 as counts,
        {%- endif %}
        {{ ledgerline.hash_of_rows('counted', ['customer_number']) }} as hashed
    from {{ ref(relation) }} as counted
    group by customer_number

),

{% endfor -%}
referrals as (

    select
        organization_id,
        canonical_customer_id,
        {{ ledgerline.hash_of_rows('counted', ['canonical_customer_id']) }} as hashed
    from {{ ref('int_square__referrals_attributed') }} as counted
    group by organization_id, canonical_customer_id

),

delivered as (

    select
        organization_id,
        {{ ledgerline.hash_of_rows('counted', ['organization_id']) }} as hashed
    from {{ ref('int_square__inputs_delivered') }} as counted
    group by organization_id

),

final as (

    select
        people.organization_id,
        people.canonical_customer_id,
        people.customer_number,
        people.group_size,
        md5(concat_ws(
            '|',
            '{{ ledgerline.code_digest("models/intermediate/appointments") }}',
            people.organization_id,
            people.canonical_customer_id,
            cast(people.group_size as varchar),
            {%- for part in parts %}
            coalesce({{ part }}.hashed, ''),
            {%- endfor %}
            coalesce(referrals.hashed, ''),
            coalesce(delivered.hashed, '')
        )) as facts_fingerprint
    from people
    {% for part in parts -%}
    left join {{ part }} on people.customer_number = {{ part }}.customer_number
    {% endfor -%}
    left join referrals
        on
            people.organization_id = referrals.organization_id
            and people.canonical_customer_id = referrals.canonical_customer_id
    left join delivered on people.organization_id = delivered.organization_id
    where
        profiles.counts
        or payments.counts
        or coalesce(bookings.customer_number, orders.customer_number) is not null

)

select * from final
