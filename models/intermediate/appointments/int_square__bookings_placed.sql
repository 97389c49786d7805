-- Bookings with their person, the calendar day of their place, and whether they are a visit.
-- Each person's lie together: DuckDB groups them by person at half the cost.
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

    select
        words.source,
        known.is_online
    -- A few words stand in every booking.
    from (select distinct source from bookings) as words
    inner join {{ ref('stg_settings__square_booking_sources') }} as known
        on {{ ledgerline.plain_word('words.source') }} = {{ ledgerline.plain_word('known.source') }}

),

utc_offsets as (

    select * from {{ ref('int_square__utc_offsets_found') }}

),

final as (

    select
        bookings.organization_id,
        bookings.booking_id,
        customers.customer_number,
        coalesce(bookings.location_id, 'UNKNOWN') as location_id,
        bookings.status,
        bookings.staff_slots,
        sources.is_online,
        bookings.status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') as is_cancelled,
        bookings.status = 'ACCEPTED' and bookings.start_at <= {{ ledgerline.as_of_instant() }} as is_visit,
        bookings.status in ('ACCEPTED', 'PENDING')
        and bookings.start_at > {{ ledgerline.as_of_instant() }} as is_upcoming,
        coalesce(
            bookings.status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER')
            and bookings.start_at < bookings.cancelled_at + interval '{{ var("square_late_cancel_hours") }} hours',
            false
        ) as is_late_cancellation,
        {{ ledgerline.square_window_days('bookings.start_at', [30, 90, 365]) }} as window_days,
        bookings.customer_note,
        bookings.seller_note,
        coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        {{ ledgerline.local_time_by_offset(
            'bookings.start_at', 'coalesce(locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')',
            'start_offsets.utc_offset'
        ) }} as local_start,
        cast({{ ledgerline.local_time_by_offset(
            'bookings.created_at', 'coalesce(locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')',
            'created_offsets.utc_offset'
        ) }} as date) as created_date,
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
    left join utc_offsets as start_offsets
        on
            coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) = start_offsets.time_zone
            and cast({{ ledgerline.utc_time('bookings.start_at') }} as date) = start_offsets.utc_day
    left join utc_offsets as created_offsets
        on
            coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) = created_offsets.time_zone
            and cast({{ ledgerline.utc_time('bookings.created_at') }} as date) = created_offsets.utc_day
    left join sources on bookings.source = sources.source
    where not bookings.is_deleted

)

select * from final
order by customer_number
