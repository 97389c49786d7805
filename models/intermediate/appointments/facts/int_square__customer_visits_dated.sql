-- When customers came: their visits, and walk-ins that bought a service or a training without a booking.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

visit_days as (

    select
        customer_number,
        cast(local_start as date) as visit_date,
        count(*) as visits,
        min(start_at) as first_at,
        max(start_at) as last_at
    from {{ ref('int_square__bookings_placed') }}
    where customer_number in (select customer_number from changed) and is_visit
    group by customer_number, cast(local_start as date)

),

days_in_order as (

    select
        *,
        row_number() over customer_days as day_number,
        visit_date - lag(visit_date) over customer_days as gap_days
    from visit_days
    window customer_days as (partition by customer_number order by visit_date)

),

days_summed as (

    select
        customer_number,
        cast(sum(visits) as bigint) as visits,
        count(*) as visit_days,
        min(first_at) as first_visit_at,
        max(last_at) as last_booking_at,
        min(visit_date) as first_visit_day,
        max(visit_date) as last_visit_day,
        min(case when day_number = 2 then visit_date end) as second_visit_day,
        min(case when day_number = 2 then first_at end) as second_visit_at,
        cast(percentile_cont(0.5) within group (order by gap_days) as decimal(8, 2)) as median_gap_days
    from days_in_order
    group by customer_number

),

first_and_last_visits as (

    select
        bookings.customer_number,
        bookings.booking_id,
        bookings.location_id,
        bookings.time_zone,
        cast(bookings.local_start as date) as visit_date,
        bookings.start_at,
        bookings.start_at = days_summed.first_visit_at as is_first,
        bookings.start_at = days_summed.last_booking_at as is_last
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join days_summed
        on
            bookings.customer_number = days_summed.customer_number
            and bookings.start_at in (days_summed.first_visit_at, days_summed.last_booking_at)
    where bookings.is_visit

),

-- Of several visits at one instant, the least id is the first, and the last.
{%- set least_id = [ledgerline.by_bytes('booking_id')] %}
ends_chosen as (

    select
        customer_number,
        min(case when is_first then {{ ledgerline.by_bytes('booking_id') }} end) as first_booking_id,
        {{ ledgerline.first_by('case when is_first then location_id end', least_id) }} as first_location_id,
        {{ ledgerline.first_by('case when is_first then time_zone end', least_id) }} as first_zone,
        {{ ledgerline.first_by('case when is_first then visit_date end', least_id) }} as first_date,
        min(case when is_first then start_at end) as first_at,
        {{ ledgerline.first_by('case when is_last then time_zone end', least_id) }} as last_zone,
        {{ ledgerline.first_by('case when is_last then visit_date end', least_id) }} as last_date
    from first_and_last_visits
    group by customer_number

),

first_technicians as (

    select
        segments.customer_number,
        {{ ledgerline.first_by(
            'case when segments.booking_id = ends_chosen.first_booking_id then segments.team_member_id end',
            ['segments.segment_index']
        ) }} as team_member_id
    from {{ ref('int_square__segments_valued') }} as segments
    inner join ends_chosen
        on segments.customer_number = ends_chosen.customer_number and segments.start_at = ends_chosen.first_at
    where segments.is_visit
    group by segments.customer_number

),

walk_ins_summed as (

    select * from {{ ref('int_square__walk_ins_counted') }}

),

joined as (

    select
        coalesce(days_summed.customer_number, walk_ins_summed.customer_number) as customer_number,
        days_summed.visits,
        days_summed.first_visit_at,
        days_summed.last_booking_at,
        ends_chosen.first_booking_id as first_visit_booking_id,
        ends_chosen.first_location_id as first_visit_location_id,
        ends_chosen.first_zone as first_visit_zone,
        ends_chosen.first_date as first_visit_date,
        first_technicians.team_member_id as first_visit_technician_id,
        ends_chosen.last_date as last_booking_date,
        ends_chosen.last_zone as last_booking_zone,
        days_summed.visit_days,
        days_summed.first_visit_day,
        days_summed.last_visit_day,
        days_summed.second_visit_day,
        days_summed.second_visit_at,
        days_summed.median_gap_days,
        walk_ins_summed.service_order_visits,
        walk_ins_summed.training_visits,
        least(days_summed.first_visit_at, walk_ins_summed.first_walk_in_at) as first_came_at,
        walk_ins_summed.last_walk_in_at,
        walk_ins_summed.last_walk_in_date,
        walk_ins_summed.last_walk_in_zone,
        coalesce(walk_ins_summed.last_walk_in_at > days_summed.last_booking_at, days_summed.last_booking_at is null)
            as is_last_a_walk_in
    from days_summed
    left join ends_chosen on days_summed.customer_number = ends_chosen.customer_number
    left join first_technicians on days_summed.customer_number = first_technicians.customer_number
    full outer join walk_ins_summed on days_summed.customer_number = walk_ins_summed.customer_number

),

final as (

    select
        -- ids
        customer_number,
        first_visit_booking_id,
        first_visit_location_id,
        first_visit_technician_id,

        -- texts
        first_visit_zone,
        last_booking_zone,
        case when is_last_a_walk_in then last_walk_in_zone else last_booking_zone end as last_visit_zone,

        -- numerics
        coalesce(visits, 0) as visits,
        coalesce(visit_days, 0) as visit_days,
        coalesce(service_order_visits, 0) as service_order_visits,
        coalesce(training_visits, 0) as training_visits,
        case
            when visit_days > 1
                then cast(cast({{ ledgerline.rounded_ratio(
                    '100 * (last_visit_day - first_visit_day)', '(visit_days - 1)'
                ) }} as decimal(18, 0)) * 0.01 as decimal(8, 2))
        end as avg_gap_days,
        median_gap_days,

        -- dates
        first_visit_date,
        first_visit_day,
        second_visit_day,
        last_visit_day,
        case when is_last_a_walk_in then last_walk_in_date else last_booking_date end as last_visit_date,

        -- timestamps
        first_came_at,
        first_visit_at,
        second_visit_at,
        last_booking_at,
        case when is_last_a_walk_in then last_walk_in_at else last_booking_at end as last_visit_at

    from joined

)

select * from final
