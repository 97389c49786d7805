-- When each person came: their visits, and walk-ins that bought a service or a training without a booking. Kept for
-- everyone and made anew for those who were touched; what the clock alone changes is set from here.
{{ ledgerline.square_assert_all_is_built() }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ ledgerline.square_forget_state() }}",
        "{{ ledgerline.square_forget_touched('canonical_customer_id') }}",
    ]
) }}

with

touched as (

    select
        organization_id,
        canonical_customer_id
    from {{ ref('int_square__customers_touched') }}

),

visits as (

    select
        bookings.organization_id,
        bookings.canonical_customer_id,
        bookings.booking_id,
        bookings.location_id,
        bookings.time_zone,
        cast(bookings.local_start as date) as visit_date,
        bookings.start_at
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched
        on
            bookings.organization_id = touched.organization_id
            and bookings.canonical_customer_id = touched.canonical_customer_id
    where bookings.is_visit

),

visit_days as (

    select
        organization_id,
        canonical_customer_id,
        visit_date,
        min(start_at) as first_at
    from visits
    group by organization_id, canonical_customer_id, visit_date

),

days_in_order as (

    select
        organization_id,
        canonical_customer_id,
        visit_date,
        first_at,
        row_number() over customer_days as day_number,
        visit_date - lag(visit_date) over customer_days as gap_days
    from visit_days
    window customer_days as (partition by organization_id, canonical_customer_id order by visit_date)

),

days_summed as (

    select
        organization_id,
        canonical_customer_id,
        count(*) as visit_days,
        min(visit_date) as first_visit_day,
        max(visit_date) as last_visit_day,
        min(case when day_number = 2 then visit_date end) as second_visit_day,
        min(case when day_number = 2 then first_at end) as second_visit_at,
        cast(percentile_cont(0.5) within group (order by gap_days) as decimal(8, 2)) as median_gap_days
    from days_in_order
    group by organization_id, canonical_customer_id

),

visits_summed as (

    select
        organization_id,
        canonical_customer_id,
        count(*) as visits,
        min(start_at) as first_visit_at,
        max(start_at) as last_booking_at
    from visits
    group by organization_id, canonical_customer_id

),

-- Of several visits at one instant, the least id is the first, and the last.
first_visits as (

    select
        visits.organization_id,
        visits.canonical_customer_id,
        min({{ ledgerline.by_bytes('visits.booking_id') }}) as booking_id
    from visits
    inner join visits_summed
        on
            visits.organization_id = visits_summed.organization_id
            and visits.canonical_customer_id = visits_summed.canonical_customer_id
            and visits.start_at = visits_summed.first_visit_at
    group by visits.organization_id, visits.canonical_customer_id

),

last_visits as (

    select
        visits.organization_id,
        visits.canonical_customer_id,
        min({{ ledgerline.by_bytes('visits.time_zone') }}) as time_zone,
        min(visits.visit_date) as visit_date
    from visits
    inner join visits_summed
        on
            visits.organization_id = visits_summed.organization_id
            and visits.canonical_customer_id = visits_summed.canonical_customer_id
            and visits.start_at = visits_summed.last_booking_at
    group by visits.organization_id, visits.canonical_customer_id

),

walk_ins_summed as (

    select * from {{ ref('int_square__walk_ins_counted') }}

),

everyone as (

    select
        organization_id,
        canonical_customer_id
    from visits_summed

    union

    select
        organization_id,
        canonical_customer_id
    from walk_ins_summed

),

first_technicians as (

    select
        segments.organization_id,
        segments.booking_id,
        segments.team_member_id,
        row_number() over (
            partition by segments.organization_id, segments.booking_id order by segments.segment_index
        ) as technician_rank
    from {{ ref('stg_square__booking_segments') }} as segments
    inner join first_visits
        on segments.organization_id = first_visits.organization_id and segments.booking_id = first_visits.booking_id
    where segments.team_member_id is not null

),

joined as (

    select
        everyone.organization_id,
        everyone.canonical_customer_id,
        visits_summed.visits,
        visits_summed.first_visit_at,
        visits_summed.last_booking_at,
        first_visits.booking_id as first_visit_booking_id,
        last_visits.visit_date as last_booking_date,
        last_visits.time_zone as last_booking_zone,
        days_summed.visit_days,
        days_summed.first_visit_day,
        days_summed.last_visit_day,
        days_summed.second_visit_day,
        days_summed.second_visit_at,
        days_summed.median_gap_days,
        walk_ins_summed.service_order_visits,
        walk_ins_summed.training_visits,
        walk_ins_summed.last_walk_in_at,
        walk_ins_summed.last_walk_in_date,
        walk_ins_summed.last_walk_in_zone,
        coalesce(walk_ins_summed.last_walk_in_at > visits_summed.last_booking_at, visits_summed.last_booking_at is null)
            as is_last_a_walk_in
    from everyone
    left join visits_summed
        on
            everyone.organization_id = visits_summed.organization_id
            and everyone.canonical_customer_id = visits_summed.canonical_customer_id
    left join first_visits
        on
            everyone.organization_id = first_visits.organization_id
            and everyone.canonical_customer_id = first_visits.canonical_customer_id
    left join last_visits
        on
            everyone.organization_id = last_visits.organization_id
            and everyone.canonical_customer_id = last_visits.canonical_customer_id
    left join days_summed
        on
            everyone.organization_id = days_summed.organization_id
            and everyone.canonical_customer_id = days_summed.canonical_customer_id
    left join walk_ins_summed
        on
            everyone.organization_id = walk_ins_summed.organization_id
            and everyone.canonical_customer_id = walk_ins_summed.canonical_customer_id

),

final as (

    select
        -- ids
        joined.organization_id,
        joined.canonical_customer_id,
        joined.first_visit_booking_id,
        first_bookings.location_id as first_visit_location_id,
        first_technicians.team_member_id as first_visit_technician_id,

        -- texts
        first_bookings.time_zone as first_visit_zone,
        joined.last_booking_zone,
        case when joined.is_last_a_walk_in then joined.last_walk_in_zone else joined.last_booking_zone end
            as last_visit_zone,

        -- numerics
        coalesce(joined.visits, 0) as visits,
        coalesce(joined.visit_days, 0) as visit_days,
        coalesce(joined.service_order_visits, 0) as service_order_visits,
        coalesce(joined.training_visits, 0) as training_visits,
        case
            when joined.visit_days > 1
                then cast(cast({{ ledgerline.rounded_ratio(
                    '100 * (joined.last_visit_day - joined.first_visit_day)', '(joined.visit_days - 1)'
                ) }} as decimal(18, 0)) * 0.01 as decimal(8, 2))
        end as avg_gap_days,
        joined.median_gap_days,

        -- dates
        cast(first_bookings.local_start as date) as first_visit_date,
        joined.first_visit_day,
        joined.second_visit_day,
        joined.last_visit_day,
        case when joined.is_last_a_walk_in then joined.last_walk_in_date else joined.last_booking_date end
            as last_visit_date,

        -- timestamps
        joined.first_visit_at,
        joined.second_visit_at,
        joined.last_booking_at,
        case when joined.is_last_a_walk_in then joined.last_walk_in_at else joined.last_booking_at end as last_visit_at

    from joined
    left join {{ ref('int_square__bookings_placed') }} as first_bookings
        on
            joined.organization_id = first_bookings.organization_id
            and joined.first_visit_booking_id = first_bookings.booking_id
    left join first_technicians
        on
            joined.organization_id = first_technicians.organization_id
            and joined.first_visit_booking_id = first_technicians.booking_id
            and first_technicians.technician_rank = 1

)

select * from final
