-- What the run says at its end: what an organisation has not delivered, so that figures of it are NULL.
with

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        organization_id,
        'no bookings yet: counts of bookings, and of visits with one, are not known' as message
    from delivered
    where not has_bookings and (has_payments or has_orders)

    union all

    select
        organization_id,
        'no payments or orders yet: amounts are not known' as message
    from delivered
    where has_bookings and not has_payments and not has_orders

    union all

    select
        organization_id,
        'no orders yet: visits without a booking are not known' as message
    from delivered
    where has_payments and not has_orders

)

select * from final
