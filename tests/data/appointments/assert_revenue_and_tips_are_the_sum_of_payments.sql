-- Check 11: revenue and tips are the sums over the person's payments, whichever id or order they came by. Returns the
-- rest.
with

recounted as (

    select
        resolved.organization_id,
        resolved.canonical_customer_id,
        sum(rows_counted.revenue_cents) as revenue_cents,
        sum(rows_counted.tips_cents) as tips_cents
    from {{ ref('int_square__payments_measured') }} as rows_counted
    inner join {{ ref('int_square__customers_resolved') }} as resolved
        on
            rows_counted.organization_id = resolved.organization_id
            and rows_counted.member_customer_id = resolved.customer_id
    where rows_counted.is_own_currency
    group by resolved.organization_id, resolved.canonical_customer_id

)

select
    customers.organization_id,
    customers.square_customer_id
from {{ ref('customer_analytics') }} as customers
left join recounted
    on
        customers.organization_id = recounted.organization_id
        and customers.square_customer_id = recounted.canonical_customer_id
where
    coalesce(customers.total_revenue_cents, 0) is distinct from coalesce(recounted.revenue_cents, 0)
    or coalesce(customers.total_tips_cents, 0) is distinct from coalesce(recounted.tips_cents, 0)
