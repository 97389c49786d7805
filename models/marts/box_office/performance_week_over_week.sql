with

snapshots as (

    select * from {{ ref('int_performance_snapshots_valued') }}

),

previous_dates as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        snapshots.snapshot_date,
        max(earlier.snapshot_date) as previous_snapshot_date
    from snapshots
    left join snapshots as earlier
        on
            snapshots.organization_id = earlier.organization_id
            and snapshots.performance_code = earlier.performance_code
            and {{ days_between('earlier.snapshot_date', 'snapshots.snapshot_date') }}
            between {{ var('week_over_week_min_days') }} and {{ var('week_over_week_max_days') }}
    group by snapshots.organization_id, snapshots.performance_code, snapshots.snapshot_date

),

final as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        snapshots.performance_kind,
        {{ days_between('previous_dates.previous_snapshot_date', 'snapshots.snapshot_date') }} as days_apart,
        snapshots.single_tickets_sold - earlier.single_tickets_sold as single_tickets_change,
        snapshots.subscription_tickets_sold - earlier.subscription_tickets_sold as subscription_tickets_change,
        snapshots.total_tickets_sold - earlier.total_tickets_sold as total_tickets_change,
        cast(snapshots.total_revenue - earlier.total_revenue as decimal(18, 2)) as revenue_change,
        previous_dates.previous_snapshot_date is not null as is_available,
        snapshots.is_latest,
        coalesce(snapshots.performance_date > snapshots.snapshot_date, false)
        and not snapshots.cancelled as is_upcoming,
        snapshots.snapshot_date,
        previous_dates.previous_snapshot_date
    from snapshots
    inner join previous_dates
        on
            snapshots.organization_id = previous_dates.organization_id
            and snapshots.performance_code = previous_dates.performance_code
            and snapshots.snapshot_date = previous_dates.snapshot_date
    left join snapshots as earlier
        on
            previous_dates.organization_id = earlier.organization_id
            and previous_dates.performance_code = earlier.performance_code
            and previous_dates.previous_snapshot_date = earlier.snapshot_date

)

select * from final
