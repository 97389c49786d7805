-- Check 10: cancellations by customer and by seller are the bookings with that status. Returns the rest.
with

recounted as (

    select
        resolved.organization_id,
        resolved.canonical_customer_id,
        sum(case when rows_counted.status = 'CANCELLED_BY_CUSTOMER' then 1 else 0 end) as by_customer,
        sum(case when rows_counted.status = 'CANCELLED_BY_SELLER' then 1 else 0 end) as by_seller
    from {{ ref('stg_square__bookings') }} as rows_counted
    inner join {{ ref('int_square__customers_resolved') }} as resolved
        on
            rows_counted.organization_id = resolved.organization_id
            and rows_counted.customer_id = resolved.customer_id
    where not rows_counted.is_deleted
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
    coalesce(customers.total_cancelled_by_customer, 0) is distinct from coalesce(recounted.by_customer, 0)
    or coalesce(customers.total_cancelled_by_seller, 0) is distinct from coalesce(recounted.by_seller, 0)
