-- What is paid ahead, or invoiced later, is paid for one visit: an order and a booking of one customer for the same
-- service, neither of which belongs to another, and each the only one that the other can belong to. Who walks in and
-- books the next appointment came twice: what is paid before a booking was made is not paid for it.
with

links as (

    select * from {{ ref('int_square__orders_linked_nearby') }}

),

orders as (

    select
        orders.organization_id,
        orders.order_id,
        orders.customer_number,
        orders.order_at
    from {{ ref('int_square__orders_settled') }} as orders
    left join links on orders.organization_id = links.organization_id and orders.order_id = links.order_id
    where
        orders.state = 'COMPLETED'
        and orders.order_class = 'salon'
        and orders.customer_number is not null
        and links.order_id is null

),

-- A cancelled order takes no booking from another.
taken as (

    select distinct
        links.organization_id,
        links.booking_id
    from links
    inner join {{ ref('int_square__orders_settled') }} as orders
        on links.organization_id = orders.organization_id and links.order_id = orders.order_id
    where coalesce(orders.state, '') <> 'CANCELED'

),

bookings as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.customer_number,
        bookings.start_at,
        bookings.created_at
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join (select distinct customer_number from orders) as buyers
        on bookings.customer_number = buyers.customer_number
    left join taken
        on bookings.organization_id = taken.organization_id and bookings.booking_id = taken.booking_id
    where bookings.status = 'ACCEPTED' and taken.booking_id is null

),

-- A line that names no service of the catalog is one by its name.
order_services as (

    select distinct
        orders.*,
        lines_classified.catalog_object_id as service_variation_id,
        case
            when lines_classified.catalog_object_id is null
                then {{ ledgerline.square_service_name('lines_classified.line_name') }}
        end as service_name
    from orders
    inner join {{ ref('int_square__orders_classified') }} as lines_classified
        on
            orders.organization_id = lines_classified.organization_id
            and orders.order_id = lines_classified.order_id
    where lines_classified.item_class = 'salon'

),

booking_services as (

    select distinct
        bookings.*,
        segments.service_variation_id,
        {{ ledgerline.square_service_name('service_variations.service_name') }} as service_name
    from bookings
    inner join {{ ref('stg_square__booking_segments') }} as segments
        on bookings.organization_id = segments.organization_id and bookings.booking_id = segments.booking_id
    left join {{ ref('stg_square__service_variations') }} as service_variations
        on
            segments.organization_id = service_variations.organization_id
            and segments.service_variation_id = service_variations.service_variation_id

),

pairs as (

    select distinct
        order_services.organization_id,
        order_services.order_id,
        booking_services.booking_id,
        {{ ledgerline.seconds_between('booking_services.start_at', 'order_services.order_at') }} as gap_seconds
    from order_services
    inner join booking_services
        on
            order_services.customer_number = booking_services.customer_number
            and order_services.order_at
            >= booking_services.start_at - interval '{{ var("square_prepaid_days") * 24 }} hours'
            and order_services.order_at
            <= booking_services.start_at + interval '{{ var("square_invoiced_days") * 24 }} hours'
    where
        (
            order_services.service_variation_id = booking_services.service_variation_id
            or order_services.service_name = booking_services.service_name
        )
        and (
            order_services.order_at >= booking_services.start_at
            or booking_services.created_at < order_services.order_at
        )

),

partners_counted as (

    select
        *,
        count(*) over (partition by organization_id, order_id) as bookings_of_order,
        count(*) over (partition by organization_id, booking_id) as orders_of_booking
    from pairs

),

final as (

    select
        organization_id,
        order_id,
        booking_id,
        'service' as link_kind,
        gap_seconds
    from partners_counted
    where bookings_of_order = 1 and orders_of_booking = 1

)

select * from final
