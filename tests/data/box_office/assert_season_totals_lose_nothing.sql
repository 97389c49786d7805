-- Season totals and what they leave out are all snapshots of that day, in tickets and in money.
-- A failure means that a snapshot is in no season, or in two. Returns each tenant and day with both sums.
with

totals as (

    select
        organization_id,
        snapshot_date,
        sum(total_tickets_sold + other_tickets_sold) as tickets,
        sum(total_revenue + other_revenue) as revenue
    from {{ ref('season_sales_totals') }}
    group by organization_id, snapshot_date

),

snapshots as (

    select
        organization_id,
        snapshot_date,
        sum(total_tickets_sold) as tickets,
        sum(total_revenue) as revenue
    from {{ ref('performance_sales_snapshots') }}
    group by organization_id, snapshot_date

)

select
    snapshots.*,
    totals.tickets as season_tickets,
    totals.revenue as season_revenue
from snapshots
full outer join totals
    on
        snapshots.organization_id = totals.organization_id
        and snapshots.snapshot_date = totals.snapshot_date
where
    snapshots.tickets is distinct from totals.tickets
    or snapshots.revenue is distinct from totals.revenue
