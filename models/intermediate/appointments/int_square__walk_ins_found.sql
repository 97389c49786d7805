-- Orders that are a visit of their own: a service or a training, without a booking. What is charged for a service that
-- somebody booked and missed, or cancelled late, is revenue and no visit.
with

orders as (

    select
        orders.organization_id,
        orders.order_id,
        orders.customer_number,
        orders.order_class,
        orders.time_zone,
        orders.order_at
    from {{ ref('int_square__orders_settled') }} as orders
    left join {{ ref('int_square__orders_linked') }} as links
        on orders.organization_id = links.organization_id and orders.order_id = links.order_id
    where
        orders.state = 'COMPLETED'
        and orders.order_class in ('salon', 'training')
        and links.order_id is null

),

-- One cancelled late may have been charged for at once.
missed_bookings as (

    select
        organization_id,
        booking_id,
        customer_number,
        case when is_late_cancellation then least(start_at, cancelled_at) else start_at end as missed_at,
        start_at
    from {{ ref('int_square__bookings_placed') }}
    where
        customer_number is not null
        and (status = 'NO_SHOW' or is_late_cancellation)

),

missed_services as (

    select
        missed_bookings.*,
        segments.service_variation_id,
        {{ ledgerline.square_service_name('service_variations.service_name') }} as service_name
    from missed_bookings
    inner join {{ ref('stg_square__booking_segments') }} as segments
        on
            missed_bookings.organization_id = segments.organization_id
            and missed_bookings.booking_id = segments.booking_id
    left join {{ ref('stg_square__service_variations') }} as service_variations
        on
            segments.organization_id = service_variations.organization_id
            and segments.service_variation_id = service_variations.service_variation_id

),

lines_charged as (

    select
        orders.organization_id,
        orders.order_id,
        orders.customer_number,
        orders.order_at,
        lines_classified.line_uid,
        lines_classified.catalog_object_id,
        {{ ledgerline.square_service_name('lines_classified.line_name') }} as line_name
    from orders
    inner join {{ ref('int_square__orders_classified') }} as lines_classified
        on
            orders.organization_id = lines_classified.organization_id
            and orders.order_id = lines_classified.order_id
    where orders.order_class = 'salon' and lines_classified.item_class = 'salon'

),

lines_missed as (

    select distinct
        lines_charged.organization_id,
        lines_charged.order_id,
        lines_charged.line_uid
    from lines_charged
    inner join missed_services
        on
            lines_charged.customer_number = missed_services.customer_number
            and lines_charged.order_at >= missed_services.missed_at
            and lines_charged.order_at
            <= missed_services.start_at + interval '{{ var("square_missed_fee_days") * 24 }} hours'
    where
        lines_charged.catalog_object_id = missed_services.service_variation_id
        or strpos(lines_charged.line_name, missed_services.service_name) > 0

),

-- Whose every service was missed: with another one on it somebody came.
fees as (

    select
        lines_charged.organization_id,
        lines_charged.order_id
    from lines_charged
    left join lines_missed
        on
            lines_charged.organization_id = lines_missed.organization_id
            and lines_charged.order_id = lines_missed.order_id
            and lines_charged.line_uid = lines_missed.line_uid
    group by lines_charged.organization_id, lines_charged.order_id
    having count(*) = count(lines_missed.line_uid)

),

final as (

    select orders.*
    from orders
    left join fees on orders.organization_id = fees.organization_id and orders.order_id = fees.order_id
    where fees.order_id is null

)

select * from final
