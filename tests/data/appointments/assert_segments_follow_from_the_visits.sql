-- Check 4: each segment is what first and last visit and the as-of of the build give, and all rows have one of the five.
-- Returns the rows of another.
with

built as (

    select built_as_of from {{ ref('int_square__refresh_state') }}

)

select
    customers.organization_id,
    customers.square_customer_id,
    customers.customer_segment,
    customers.first_visit_at,
    customers.last_visit_at
from {{ ref('customer_analytics') }} as customers
cross join built
where
    customers.customer_segment is distinct from case
        when customers.first_visit_at is null then 'NEVER_VISITED'
        when customers.first_visit_at >= built.built_as_of - interval '{{ var("square_new_days") * 24 }} hours'
            then 'NEW'
        when customers.last_visit_at >= built.built_as_of - interval '{{ var("square_active_days") * 24 }} hours'
            then 'ACTIVE'
        when customers.last_visit_at >= built.built_as_of - interval '{{ var("square_at_risk_days") * 24 }} hours'
            then 'AT_RISK'
        else 'LOST'
    end
