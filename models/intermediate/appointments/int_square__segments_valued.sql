-- Segments of bookings, with the minutes that they were booked for; in the order of bookings.
with

bookings as (

    select * from {{ ref('int_square__bookings_placed') }}

),

segments as (

    select * from {{ ref('stg_square__booking_segments') }}

),

service_variations as (

    select * from {{ ref('stg_square__service_variations') }}

),

final as (

    select
        bookings.organization_id,
        bookings.booking_id,
        segments.segment_index,
        bookings.customer_number,
        segments.team_member_id,
        segments.service_variation_id,
        coalesce(segments.duration_minutes, service_variations.duration_minutes, 0) as minutes,
        bookings.is_visit,
        bookings.status = 'NO_SHOW' as is_no_show,
        cast(bookings.local_start as date) as booking_date,
        bookings.start_at
    from segments
    inner join bookings
        on segments.organization_id = bookings.organization_id and segments.booking_id = bookings.booking_id
    left join service_variations
        on
            segments.organization_id = service_variations.organization_id
            and segments.service_variation_id = service_variations.service_variation_id

)

select * from final
order by customer_number
