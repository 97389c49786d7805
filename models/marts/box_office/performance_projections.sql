with

targets as (

    select * from {{ ref('performance_comparisons') }}
    where is_target

),

snapshots as (

    select * from {{ ref('performance_sales_snapshots') }}
    where is_latest

),

performances as (

    select * from {{ ref('performances') }}

),

points as (

    select
        targets.organization_id,
        targets.performance_code,
        targets.comparison_name,
        targets.week,
        targets.tickets,
        targets.subs,
        targets.atp,
        snapshots.days_out,
        lead(targets.week) over (
            partition by targets.organization_id, targets.performance_code
            order by targets.week
        ) as earlier_week,
        lead(targets.tickets) over (
            partition by targets.organization_id, targets.performance_code
            order by targets.week
        ) as earlier_tickets
    from targets
    inner join snapshots
        on
            targets.organization_id = snapshots.organization_id
            and targets.performance_code = snapshots.performance_code

),

-- Where the comparison stood this many days out, as a fraction of whole numbers: exact until the very last step.
-- Between two given weeks it is linear, before the earliest flat, and final from the day of the performance on.
now_points as (

    select
        *,
        case
            when earlier_week is null or days_out <= 0 then tickets
            else tickets * (7 * earlier_week - days_out) + earlier_tickets * (days_out - 7 * week)
        end as now_numerator,
        case
            when earlier_week is null or days_out <= 0 then 1
            else 7 * (earlier_week - week)
        end as now_denominator
    from points
    where
        (days_out <= 0 and week = 0)
        or (days_out > 0 and 7 * week <= days_out and (earlier_week is null or days_out < 7 * earlier_week))

),

finals as (

    select * from points
    where week = 0

),

target_names as (

    select
        organization_id,
        performance_code,
        comparison_name
    from targets
    group by organization_id, performance_code, comparison_name

),

measured as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        target_names.comparison_name,
        snapshots.snapshot_date,
        snapshots.days_out,
        snapshots.single_tickets_sold,
        snapshots.subscription_tickets_sold,
        snapshots.total_tickets_sold,
        snapshots.total_revenue,
        performances.capacity,
        performances.budget_goal,
        now_points.now_numerator,
        now_points.now_denominator,
        snapshots.single_tickets_sold * now_points.now_denominator - now_points.now_numerator as variance_numerator,
        finals.tickets as final_tickets,
        finals.tickets + finals.subs as target_total_tickets,
        finals.atp,
        coalesce(snapshots.snapshot_date > performances.performance_date, false) as is_past
    from snapshots
    inner join target_names
        on
            snapshots.organization_id = target_names.organization_id
            and snapshots.performance_code = target_names.performance_code
    inner join performances
        on
            snapshots.organization_id = performances.organization_id
            and snapshots.performance_code = performances.performance_code
    left join now_points
        on
            snapshots.organization_id = now_points.organization_id
            and snapshots.performance_code = now_points.performance_code
    left join finals
        on
            snapshots.organization_id = finals.organization_id
            and snapshots.performance_code = finals.performance_code

),

promised as (

    select
        *,
        final_tickets * now_denominator + variance_numerator as promise_numerator
    from measured

),

uncapped as (

    select
        *,
        cast({{ rounded_ratio('promise_numerator', 'now_denominator') }} as bigint) as uncapped_single_tickets
    from promised

),

capped as (

    select
        *,
        not is_past
        and coalesce(capacity - subscription_tickets_sold < uncapped_single_tickets, false) as is_capped,
        case
            when final_tickets is null or uncapped_single_tickets is null then null
            when is_past then single_tickets_sold
            else greatest(
                single_tickets_sold,
                least(
                    uncapped_single_tickets,
                    coalesce(capacity - subscription_tickets_sold, uncapped_single_tickets)
                )
            )
        end as projected_single_tickets
    from uncapped

),

projected as (

    select
        *,
        projected_single_tickets + subscription_tickets_sold as projected_total_tickets,
        {{ amount_from_cents_ratio(
            '((projected_single_tickets + subscription_tickets_sold) * ' ~ to_cents('total_revenue') ~ ')',
            'total_tickets_sold'
        ) }} as projected_revenue
    from capped

),

final as (

    select
        organization_id,
        performance_code,
        comparison_name,
        days_out,
        cast(days_out as double precision) / 7 as weeks_out,
        cast(now_numerator as double precision) / now_denominator as comparison_tickets_now,
        cast(variance_numerator as double precision) / now_denominator as variance_tickets,
        {{ percent_of('variance_numerator', 'now_numerator') }} as variance_percent,
        case
            when is_past then 'past'
            when 100 * abs(variance_numerator) <= {{ var('tracking_band_percent') }} * now_numerator then 'on_track'
            when variance_numerator > 0 then 'ahead'
            when variance_numerator < 0 then 'behind'
        end as tracking_status,
        projected_single_tickets,
        projected_total_tickets,
        projected_revenue,
        {{ percent_of('projected_total_tickets', 'capacity') }} as projected_capacity_percent,
        {{ percent_of('projected_revenue', 'budget_goal') }} as projected_budget_percent,
        target_total_tickets,
        cast(target_total_tickets * atp as decimal(18, 2)) as target_revenue,
        case when projected_single_tickets is not null then is_capped end as is_capped,
        snapshot_date
    from projected

)

select * from final
