with

snapshots as (

    select
        *,
        performance_kind = 'performance' and not cancelled as is_counted,
        -- Reports print it; a tenant of history files alone never said.
        max(case when production is not null then 1 else 0 end) over (
            partition by organization_id
        ) = 1 as has_productions
    from {{ ref('int_performance_snapshots_valued') }}

),

counted as (

    select
        organization_id,
        season,
        snapshot_date,
        count(*) as performances,
        count(distinct production) as productions,
        {{ complete_sum('fixed_tickets_sold', 'bigint') }} as fixed_tickets_sold,
        {{ complete_sum('non_fixed_tickets_sold', 'bigint') }} as non_fixed_tickets_sold,
        {{ complete_sum('single_tickets_sold', 'bigint') }} as single_tickets_sold,
        {{ complete_sum('subscription_tickets_sold', 'bigint') }} as subscription_tickets_sold,
        {{ complete_sum('total_tickets_sold', 'bigint') }} as total_tickets_sold,
        {{ complete_sum('total_revenue', 'decimal(18, 2)') }} as total_revenue,
        {{ complete_sum('reserved_tickets', 'bigint') }} as reserved_tickets,
        {{ complete_sum('reserved_revenue', 'decimal(18, 2)') }} as reserved_revenue,
        {{ complete_sum('available_seats', 'bigint') }} as available_seats,
        count(capacity) as performances_with_capacity,
        cast(sum(capacity) as bigint) as capacity,
        cast(sum(case when capacity is not null then total_tickets_sold end) as bigint) as tickets_with_capacity,
        count(budget_goal) as performances_with_budget,
        cast(sum(budget_goal) as decimal(18, 2)) as budget_goal,
        cast(sum(case when budget_goal is not null then total_revenue end) as decimal(18, 2)) as revenue_with_budget
    from snapshots
    where is_counted
    group by organization_id, season, snapshot_date

),

-- Placeholders, parking and cancelled performances: in no occupancy, but never lost.
others as (

    select
        organization_id,
        season,
        snapshot_date,
        count(*) as other_rows,
        cast(sum(total_tickets_sold) as bigint) as other_tickets_sold,
        cast(sum(total_revenue) as decimal(18, 2)) as other_revenue
    from snapshots
    where not is_counted
    group by organization_id, season, snapshot_date

),

keys as (

    select
        organization_id,
        season,
        snapshot_date,
        has_productions
    from snapshots
    group by organization_id, season, snapshot_date, has_productions

),

final as (

    select
        keys.organization_id,
        keys.season,
        coalesce(counted.performances, 0) as performances,
        case when keys.has_productions then coalesce(counted.productions, 0) end as productions,
        counted.fixed_tickets_sold,
        counted.non_fixed_tickets_sold,
        case when counted.performances is null then 0 else counted.single_tickets_sold end as single_tickets_sold,
        case when counted.performances is null then 0 else counted.subscription_tickets_sold end
            as subscription_tickets_sold,
        case when counted.performances is null then 0 else counted.total_tickets_sold end as total_tickets_sold,
        cast(
            case when counted.performances is null then 0 else counted.total_revenue end as decimal(18, 2)
        ) as total_revenue,
        counted.reserved_tickets,
        counted.reserved_revenue,
        counted.available_seats,
        coalesce(counted.performances_with_capacity, 0) as performances_with_capacity,
        counted.capacity,
        {{ percent_of('counted.tickets_with_capacity', 'counted.capacity') }} as capacity_percent,
        coalesce(counted.performances_with_budget, 0) as performances_with_budget,
        counted.budget_goal,
        {{ percent_of('counted.revenue_with_budget', 'counted.budget_goal') }} as budget_percent,
        coalesce(others.other_rows, 0) as other_rows,
        coalesce(others.other_tickets_sold, 0) as other_tickets_sold,
        cast(coalesce(others.other_revenue, 0) as decimal(18, 2)) as other_revenue,
        keys.snapshot_date
    from keys
    left join counted
        on
            keys.organization_id = counted.organization_id
            and keys.season = counted.season
            and keys.snapshot_date = counted.snapshot_date
    left join others
        on
            keys.organization_id = others.organization_id
            and keys.season = others.season
            and keys.snapshot_date = others.snapshot_date

)

select * from final
