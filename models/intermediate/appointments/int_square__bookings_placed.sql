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

zones as (

    select time_zone from locations

    union

    select {{ ledgerline.reporting_zone() }} as time_zone

),

utc_offsets as (

    {{ ledgerline.utc_offsets_by_day('zones', ref('stg_square__bookings'), 'start_at') }}

),

final as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.customer_id as member_customer_id,
        customers.canonical_customer_id,
        customers.customer_number,
        coalesce(bookings.location_id, 'UNKNOWN') as location_id,
        bookings.status,
        bookings.staff_slots,
        sources.is_online,
        bookings.status = 'ACCEPTED' and bookings.start_at <= {{ ledgerline.as_of_instant() }} as is_visit,
        coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        {{ ledgerline.local_time_by_offset(
            'bookings.start_at', 'coalesce(locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')',
            'utc_offsets.utc_offset'
        ) }} as local_start,
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
    left join utc_offsets
        on
            coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) = utc_offsets.time_zone
            and cast({{ ledgerline.utc_time('bookings.start_at') }} as date) = utc_offsets.utc_day
    left join sources on bookings.source = sources.source
    where not bookings.is_deleted

)

select * from final
