-- What touched customers booked, kept, moved and missed.
with

touched as (

    select
        organization_id,
        canonical_customer_id
    from {{ ref('int_square__customers_touched') }}

),

bookings as (

    select
        bookings.*,
        bookings.status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') as is_cancelled
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched
        on
            bookings.organization_id = touched.organization_id
            and bookings.canonical_customer_id = touched.canonical_customer_id

),

-- A visit is pre-booked when before its day was over the person booked another one that starts later.
prebooked as (

    select
        visits.organization_id,
        visits.canonical_customer_id,
        count(distinct visits.booking_id) as prebooked_visits
    from bookings as visits
    inner join bookings as others
        on
            visits.organization_id = others.organization_id
            and visits.canonical_customer_id = others.canonical_customer_id
            and visits.start_at < others.start_at
            and others.created_at >= visits.start_at
            -- A day has at most 25 hours; only these need a look at its calendar.
            and others.created_at < visits.start_at + interval '25 hours'
    where
        visits.is_visit
        and {{ ledgerline.local_date('others.created_at', 'visits.time_zone') }} = cast(visits.local_start as date)
    group by visits.organization_id, visits.canonical_customer_id

),

counted as (

    select
        organization_id,
        canonical_customer_id,
        min(case when status = 'ACCEPTED' then start_at end) as first_booking_at,
        sum(case when status = 'ACCEPTED' then 1 else 0 end) as accepted,
        count(distinct case when status = 'ACCEPTED' and location_id <> 'UNKNOWN' then location_id end) as locations,
        sum(case when status = 'CANCELLED_BY_CUSTOMER' then 1 else 0 end) as cancelled_by_customer,
        sum(case when status = 'CANCELLED_BY_SELLER' then 1 else 0 end) as cancelled_by_seller,
        sum(case when status = 'NO_SHOW' then 1 else 0 end) as no_shows,
        sum(case
            when status in ('ACCEPTED', 'PENDING') and start_at > {{ ledgerline.as_of_instant() }} then 1 else 0
        end) as upcoming,
        min(case
            when status in ('ACCEPTED', 'PENDING') and start_at > {{ ledgerline.as_of_instant() }} then start_at
        end) as next_booking_at,
        sum(case
            when
                is_cancelled
                and start_at - cancelled_at < interval '{{ var("square_late_cancel_hours") }} hours'
                then 1
            else 0
        end) as late_cancellations,
        max(case when status = 'NO_SHOW' then start_at end) as last_no_show_at,
        max(case when is_cancelled then cancelled_at end) as last_cancelled_at,
        {%- for days in (30, 90, 365) %}
        sum(case
            when is_visit and start_at > {{ ledgerline.as_of_instant() }} - interval '{{ days * 24 }} hours' then 1
            else 0
        end) as visits_last_{{ days }}d,
        {%- endfor %}
        sum(case
            when is_visit and created_at is not null
                then greatest(0, {{ ledgerline.microseconds_between('created_at', 'start_at') }})
        end) as lead_microseconds,
        sum(case when is_visit and created_at is not null then 1 else 0 end) as visits_with_lead,
        sum(case when is_visit and is_online then 1 else 0 end) as online_visits,
        sum(case when is_visit and is_online is not null then 1 else 0 end) as visits_of_known_source,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from bookings
    group by organization_id, canonical_customer_id

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
    left join prebooked
        on
            counted.organization_id = prebooked.organization_id
            and counted.canonical_customer_id = prebooked.canonical_customer_id

)

select * from final
