-- Check 9: total_no_shows is the number of bookings that the person did not come to. Returns the rest.
with

recounted as (

    select
        resolved.organization_id,
        resolved.canonical_customer_id,
        sum(case when rows_counted.status = 'NO_SHOW' then 1 else 0 end) as no_shows
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
    coalesce(customers.total_no_shows, 0) is distinct from coalesce(recounted.no_shows, 0)
