-- What touched customers booked, kept, moved and missed.
with

touched as (

    select customer_number from {{ ref('int_square__customers_touched') }}

),

bookings as (

    select
        bookings.*,
        bookings.status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') as is_cancelled
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched on bookings.customer_number = touched.customer_number

),

-- The days, in UTC, on which a visit may have begun, that a booking was made on the day of: a local day touches three.
days_of_booking as (

    select
        bookings.customer_number,
        bookings.start_at,
        bookings.created_at,
        cast({{ ledgerline.utc_time('bookings.created_at') }} as date) - days.days_before as utc_day
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched on bookings.customer_number = touched.customer_number
    cross join (values (0), (1), (2)) as days (days_before)

),

-- A visit is pre-booked when before its day was over the person booked another one that starts later.
prebooked as (

    select
        visits.customer_number,
        count(distinct visits.booking_id) as prebooked_visits
    from {{ ref('int_square__bookings_placed') }} as visits
    inner join days_of_booking as others
        on
            visits.customer_number = others.customer_number
            and cast({{ ledgerline.utc_time('visits.start_at') }} as date) = others.utc_day
            and visits.start_at < others.start_at
            and others.created_at >= visits.start_at
            -- A day has at most 25 hours; only these need a look at its calendar.
            and others.created_at < visits.start_at + interval '25 hours'
    where
        visits.is_visit
        and {{ ledgerline.local_date('others.created_at', 'visits.time_zone') }} = cast(visits.local_start as date)
    group by visits.customer_number

),

counted as (

    select
        customer_number,
        min(case when status = 'ACCEPTED' then start_at end) as first_booking_at,
        count(case when status = 'ACCEPTED' then 1 end) as accepted,
        count(distinct case when status = 'ACCEPTED' and location_id <> 'UNKNOWN' then location_id end) as locations,
        count(case when status = 'CANCELLED_BY_CUSTOMER' then 1 end) as cancelled_by_customer,
        count(case when status = 'CANCELLED_BY_SELLER' then 1 end) as cancelled_by_seller,
        count(case when status = 'NO_SHOW' then 1 end) as no_shows,
        count(case
            when status in ('ACCEPTED', 'PENDING') and start_at > {{ ledgerline.as_of_instant() }} then 1
        end) as upcoming,
        min(case
            when status in ('ACCEPTED', 'PENDING') and start_at > {{ ledgerline.as_of_instant() }} then start_at
        end) as next_booking_at,
        count(case
            when
                is_cancelled
                and start_at < cancelled_at + interval '{{ var("square_late_cancel_hours") }} hours'
                then 1
        end) as late_cancellations,
        max(case when status = 'NO_SHOW' then start_at end) as last_no_show_at,
        max(case when is_cancelled then cancelled_at end) as last_cancelled_at,
        {%- for days in (30, 90, 365) %}
        count(case
            when is_visit and start_at > {{ ledgerline.as_of_instant() }} - interval '{{ days * 24 }} hours' then 1
        end) as visits_last_{{ days }}d,
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
    from bookings
    group by customer_number

),

final as (

    select
        counted.*,
        coalesce(prebooked.prebooked_visits, 0) as prebooked_visits,
        cast(cast({{ ledgerline.rounded_ratio(
            '100 * counted.lead_microseconds',
            'cast(counted.visits_with_lead as ' ~ ledgerline.wide_integer() ~ ') * 86400000000'
        ) }} as decimal(18, 0)) * 0.01 as decimal(8, 2)) as avg_lead_days
    from counted
    left join prebooked on counted.customer_number = prebooked.customer_number

)

select * from final
