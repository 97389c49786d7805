-- What customers booked, kept, moved and missed, and the place where they come most. Each part reads the bookings for
-- itself: DuckDB copies what is read in several places first, with all its columns.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

counted as (

    select
        customer_number,
        min(case when status = 'ACCEPTED' then start_at end) as first_booking_at,
        count(case when status = 'ACCEPTED' then 1 end) as accepted,
        count(case when status = 'CANCELLED_BY_CUSTOMER' then 1 end) as cancelled_by_customer,
        count(case when status = 'CANCELLED_BY_SELLER' then 1 end) as cancelled_by_seller,
        count(case when status = 'NO_SHOW' then 1 end) as no_shows,
        count(case when is_upcoming then 1 end) as upcoming,
        min(case when is_upcoming then start_at end) as next_booking_at,
        count(case when is_late_cancellation then 1 end) as late_cancellations,
        max(case when status = 'NO_SHOW' then start_at end) as last_no_show_at,
        max(case when is_cancelled then cancelled_at end) as last_cancelled_at,
        {%- for days in (30, 90, 365) %}
        count(case when is_visit and window_days <= {{ days }} then 1 end) as visits_last_{{ days }}d,
        {%- endfor %}
        sum(case
            when is_visit and created_at is not null
                then greatest(0, {{ ledgerline.microseconds_between('created_at', 'start_at') }})
        end) as lead_microseconds,
        count(case when is_visit and created_at is not null then 1 end) as visits_with_lead,
        count(case when is_visit and is_online then 1 end) as online_visits,
        count(case when is_visit and is_online is not null then 1 end) as visits_of_known_source,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from {{ ref('int_square__bookings_placed') }}
    where customer_number in (select customer_number from changed)
    group by customer_number

),

location_counts as (

    select
        customer_number,
        location_id,
        time_zone,
        count(case when status = 'ACCEPTED' then 1 end) as accepted,
        count(case when is_visit then 1 end) as visits,
        max(case when is_visit then start_at end) as last_visit_at
    from {{ ref('int_square__bookings_placed') }}
    where customer_number in (select customer_number from changed)
    group by customer_number, location_id, time_zone

),

locations_chosen as (

    select
        customer_number,
        count(case when accepted > 0 and location_id <> 'UNKNOWN' then 1 end) as locations,
        min(time_zone) <> max(time_zone) as has_several_zones,
        {{ ledgerline.first_by("case when visits > 0 and location_id <> 'UNKNOWN' then location_id end", [
            '-visits', ledgerline.latest_first('last_visit_at'),
            ledgerline.by_bytes('location_id')
        ]) }} as preferred_location_id
    from location_counts
    group by customer_number

),

in_several_zones as (

    select customer_number from locations_chosen
    where has_several_zones

),

-- The local days on which bookings were made; in another zone it may have been up to two days earlier or later.
made_on_days as (

    select
        customer_number,
        start_at,
        created_at,
        created_date
    from {{ ref('int_square__bookings_placed') }}
    where customer_number in (select customer_number from changed) and created_date is not null

    union all

    select
        bookings.customer_number,
        bookings.start_at,
        bookings.created_at,
        bookings.created_date + days.days_after as created_date
    from {{ ref('int_square__bookings_placed') }} as bookings
    cross join (values (-2), (-1), (1), (2)) as days (days_after)
    where
        bookings.created_date is not null
        and bookings.customer_number in (select customer_number from in_several_zones)

),

-- A visit is pre-booked when before its day was over the person booked another one that starts later.
prebooked as (

    select
        visits.customer_number,
        count(distinct visits.booking_id) as prebooked_visits
    from {{ ref('int_square__bookings_placed') }} as visits
    inner join made_on_days as others
        on
            visits.customer_number = others.customer_number
            and cast(visits.local_start as date) = others.created_date
            and visits.start_at < others.start_at
            and visits.start_at <= others.created_at
    where
        visits.is_visit
        and {{ ledgerline.local_date('others.created_at', 'visits.time_zone') }} = cast(visits.local_start as date)
    group by visits.customer_number

),

final as (

    select
        counted.*,
        locations_chosen.locations,
        locations_chosen.preferred_location_id,
        coalesce(prebooked.prebooked_visits, 0) as prebooked_visits,
        cast(cast({{ ledgerline.rounded_ratio(
            '100 * counted.lead_microseconds',
            'cast(counted.visits_with_lead as ' ~ ledgerline.wide_integer() ~ ') * 86400000000'
        ) }} as decimal(18, 0)) * 0.01 as decimal(8, 2)) as avg_lead_days
    from counted
    inner join locations_chosen on counted.customer_number = locations_chosen.customer_number
    left join prebooked on counted.customer_number = prebooked.customer_number

)

select * from final
