-- The booking that an order names, else the nearest of its customer at its place.
with

orders as (

    select * from {{ ref('int_square__orders_settled') }}

),

bookings as (

    select * from {{ ref('int_square__bookings_placed') }}
    where status = 'ACCEPTED'

),

named as (

    select
        orders.organization_id,
        orders.order_id,
        bookings.booking_id,
        'explicit' as link_kind,
        {{ ledgerline.seconds_between('bookings.start_at', 'orders.order_at') }} as gap_seconds
    from orders
    inner join bookings
        on
            orders.organization_id = bookings.organization_id
            and {{ ledgerline.square_booking_id('orders.reference_id') }} = bookings.booking_id

    union all

    select
        orders.organization_id,
        orders.order_id,
        bookings.booking_id,
        'metadata' as link_kind,
        {{ ledgerline.seconds_between('bookings.start_at', 'orders.order_at') }} as gap_seconds
    from orders
    inner join bookings
        on
            orders.organization_id = bookings.organization_id
            and {{ ledgerline.square_booking_id('orders.metadata_booking_id') }} = bookings.booking_id

),

explicit_links as (

    select
        *,
        row_number() over (
            partition by organization_id, order_id
            order by link_kind, {{ ledgerline.by_bytes('booking_id') }}
        ) as link_rank
    from named

),

candidates as (

    select
        orders.organization_id,
        orders.order_id,
        bookings.booking_id,
        {{ ledgerline.seconds_between('bookings.start_at', 'orders.order_at') }} as gap_seconds
    from orders
    inner join bookings
        on
            orders.organization_id = bookings.organization_id
            and orders.customer_number = bookings.customer_number
            and orders.location_id = bookings.location_id
            and orders.order_at >= bookings.start_at - interval '{{ var("square_link_before_minutes") }} minutes'
            and orders.order_at <= bookings.start_at + interval '{{ var("square_link_after_minutes") }} minutes'
    where not orders.is_retail_only

),

-- Nearest, then earlier, then the smaller id.
time_links as (

    select
        *,
        row_number() over (
            partition by organization_id, order_id
            order by abs(gap_seconds), gap_seconds desc, {{ ledgerline.by_bytes('booking_id') }} asc
        ) as link_rank
    from candidates

),

final as (

    select
        orders.organization_id,
        orders.order_id,
        coalesce(explicit_links.booking_id, time_links.booking_id) as booking_id,
        case when explicit_links.booking_id is not null then 'explicit' else 'time' end as link_kind,
        coalesce(explicit_links.gap_seconds, time_links.gap_seconds) as gap_seconds
    from orders
    left join explicit_links
        on
            orders.organization_id = explicit_links.organization_id
            and orders.order_id = explicit_links.order_id
            and explicit_links.link_rank = 1
    left join time_links
        on
            orders.organization_id = time_links.organization_id
            and orders.order_id = time_links.order_id
            and time_links.link_rank = 1
    where explicit_links.booking_id is not null or time_links.booking_id is not null

)

select * from final
