-- What a performance shows as sold is its one latest snapshot. A failure means that two snapshots are marked latest, or
-- that the mart took another one. Returns the performance with both counts.
with

latest as (

    select
        organization_id,
        performance_code,
        count(*) as latest_count,
        max(total_tickets_sold) as tickets,
        max(total_revenue) as revenue,
        max(snapshot_date) as snapshot_date
    from {{ ref('performance_sales_snapshots') }}
    where is_latest
    group by organization_id, performance_code

)

select
    performances.organization_id,
    performances.performance_code,
    performances.total_tickets_sold,
    latest.tickets,
    latest.latest_count
from {{ ref('performances') }} as performances
left join latest
    on
        performances.organization_id = latest.organization_id
        and performances.performance_code = latest.performance_code
where
    performances.has_sales_data
    and (
        latest.latest_count is distinct from 1
        or performances.total_tickets_sold <> latest.tickets
        or performances.total_revenue <> latest.revenue
        or performances.last_snapshot_date <> latest.snapshot_date
    )
