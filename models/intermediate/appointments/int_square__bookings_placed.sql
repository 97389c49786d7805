-- Bookings with their person, the calendar day of their place, and whether they are a visit.
with

bookings as (

    select * from {{ ref('stg_square__bookings') }}

),

customers as (

    select * from {{ ref('int_square__customers_resolved') }}

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

sources as (

    select * from {{ ref('square_booking_sources') }}

),

final as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.customer_id as member_customer_id,
        customers.canonical_customer_id,
        coalesce(bookings.location_id, 'UNKNOWN') as location_id,
        bookings.status,
        bookings.staff_slots,
        sources.is_online,
        bookings.status = 'ACCEPTED' and bookings.start_at <= {{ ledgerline.as_of_instant() }} as is_visit,
        coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        timezone(coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}), bookings.start_at) as local_start,
        bookings.start_at,
        bookings.created_at,
        bookings.cancelled_at,
        bookings.first_extracted_at,
        bookings.last_extracted_at
    from bookings
    left join customers
        on bookings.organization_id = customers.organization_id and bookings.customer_id = customers.customer_id
    left join locations
        on bookings.organization_id = locations.organization_id and bookings.location_id = locations.location_id
    left join sources on bookings.source = sources.source
    where not bookings.is_deleted

)

select * from final
