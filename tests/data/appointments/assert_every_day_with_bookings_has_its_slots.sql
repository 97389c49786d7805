-- Check 8: each place and day has the slots of its bookings and the people who are new there, and no day with bookings
-- lacks a row. Returns each day on which the mart and a recount of staged bookings differ.
with

bookings as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.status,
        bookings.staff_slots,
        bookings.start_at,
        coalesce(bookings.location_id, 'UNKNOWN') as place,
        resolved.canonical_customer_id,
        cast({{ ledgerline.local_time_by_offset(
            'bookings.start_at', 'coalesce(locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')',
            'utc_offsets.utc_offset'
        ) }} as date) as date
    from {{ ref('stg_square__bookings') }} as bookings
    left join {{ ref('int_square__locations_named') }} as locations
        on
            bookings.organization_id = locations.organization_id
            and bookings.location_id = locations.location_id
    left join {{ ref('int_square__utc_offsets_found') }} as utc_offsets
        on
            coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) = utc_offsets.time_zone
            and cast({{ ledgerline.utc_time('bookings.start_at') }} as date) = utc_offsets.utc_day
    left join {{ ref('int_square__customers_resolved') }} as resolved
        on bookings.organization_id = resolved.organization_id and bookings.customer_id = resolved.customer_id
    where
        not bookings.is_deleted
        and bookings.status in ('ACCEPTED', 'CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER', 'NO_SHOW')

),

earliest as (

    select
        organization_id,
        canonical_customer_id,
        min(start_at) as start_at
    from bookings
    where status = 'ACCEPTED'
    group by organization_id, canonical_customer_id

),

-- Two first bookings at one instant: the least id is the first.
first_ids as (

    select
        bookings.organization_id,
        bookings.canonical_customer_id,
        min({{ ledgerline.by_bytes('bookings.booking_id') }}) as booking_id
    from bookings
    inner join earliest
        on
            bookings.organization_id = earliest.organization_id
            and bookings.canonical_customer_id = earliest.canonical_customer_id
            and bookings.start_at = earliest.start_at
    where bookings.status = 'ACCEPTED'
    group by bookings.organization_id, bookings.canonical_customer_id

),

first_days as (

    select
        bookings.organization_id,
        bookings.canonical_customer_id,
        bookings.date
    from bookings
    inner join first_ids
        on bookings.organization_id = first_ids.organization_id and bookings.booking_id = first_ids.booking_id

),

recounted as (

    select
        bookings.organization_id,
        bookings.place,
        bookings.date,
        sum(case when bookings.status = 'ACCEPTED' then bookings.staff_slots else 0 end) as accepted,
        sum(case when bookings.status like 'CANCELLED%' then bookings.staff_slots else 0 end) as cancelled,
        sum(case when bookings.status = 'NO_SHOW' then bookings.staff_slots else 0 end) as no_shows,
        count(distinct case
            when bookings.status = 'ACCEPTED' and bookings.date = first_days.date then bookings.canonical_customer_id
        end) as new_customers
    from bookings
    left join first_days
        on
            bookings.organization_id = first_days.organization_id
            and bookings.canonical_customer_id = first_days.canonical_customer_id
    group by bookings.organization_id, bookings.place, bookings.date

)

select
    coalesce(recounted.organization_id, daily.organization_id) as organization_id,
    coalesce(recounted.place, daily.location_id) as location_id,
    coalesce(recounted.date, daily.date) as date
from recounted
full outer join {{ ref('analytics_appointments_by_location_daily') }} as daily
    on
        recounted.organization_id = daily.organization_id
        and recounted.place = daily.location_id
        and recounted.date = daily.date
where
    recounted.accepted is distinct from daily.accepted_appointments
    or recounted.cancelled is distinct from daily.cancelled_appointments
    or recounted.no_shows is distinct from daily.no_show_appointments
    or recounted.new_customers is distinct from daily.new_customers
