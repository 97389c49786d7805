-- Every weekly row has a snapshot in its week, with the same count: weeks are not filled.
-- Returns the rows that nothing was printed for.
select weekly.*
from {{ ref('weekly_sales') }} as weekly
left join {{ ref('performance_sales_snapshots') }} as snapshots
    on
        weekly.organization_id = snapshots.organization_id
        and weekly.performance_code = snapshots.performance_code
        and weekly.snapshot_date = snapshots.snapshot_date
        and weekly.cumulative_tickets = snapshots.total_tickets_sold
where
    snapshots.snapshot_id is null
    or weekly.week_number <> greatest(0, cast(ceil(snapshots.days_out / 7.0) as bigint))
