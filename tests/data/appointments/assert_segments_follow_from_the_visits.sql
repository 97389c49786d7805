-- Check 4: each segment is what first and last visit and the as-of of the build give, with a booking for one, of any kind
-- for the other, and all rows have one of the five. Returns the rows of another.
{%- set segment_of = [
    ('customer_segment', 'customers.first_visit_at'), ('visit_segment', 'visited.first_came_at')
] %}
with

built as (

    select max(as_of) as built_as_of from {{ ref('int_square__as_of_dates') }}

)

select
    customers.organization_id,
    customers.square_customer_id,
    customers.customer_segment,
    customers.visit_segment,
    customers.first_visit_at,
    customers.last_visit_at
from {{ ref('customer_analytics') }} as customers
left join {{ ref('int_square__customer_facts') }} as visited
    on
        customers.organization_id = visited.organization_id
        and customers.square_customer_id = visited.canonical_customer_id
cross join built
where
    (customers.visit_segment = 'NEVER_VISITED') <> (coalesce(customers.total_visits, 0) = 0)
    {%- for segment, first_at in segment_of %}
    or customers.{{ segment }} is distinct from case
        when {{ first_at }} is null then 'NEVER_VISITED'
        when {{ first_at }} >= built.built_as_of - interval '{{ var("square_new_days") * 24 }} hours'
            then 'NEW'
        when customers.last_visit_at >= built.built_as_of - interval '{{ var("square_active_days") * 24 }} hours'
            then 'ACTIVE'
        when customers.last_visit_at >= built.built_as_of - interval '{{ var("square_at_risk_days") * 24 }} hours'
            then 'AT_RISK'
        else 'LOST'
    end
    {%- endfor %}
