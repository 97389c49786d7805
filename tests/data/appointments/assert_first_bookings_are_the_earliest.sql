-- Check 6: first_booking_at is the earliest start of an accepted booking of any id of the person. Returns the rest.
with

recounted as (

    select
        resolved.organization_id,
        resolved.canonical_customer_id,
        min(case when rows_counted.status = 'ACCEPTED' then rows_counted.start_at end) as first_booking_at
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
    customers.first_booking_at is distinct from recounted.first_booking_at
