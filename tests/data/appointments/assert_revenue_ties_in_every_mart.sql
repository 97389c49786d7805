-- Revenue is one number: of each tenant the places' sum is line 50 of the bridge and the customers' is line 70; of each
-- day the overview, the places, the staff and the services agree. Returns each total that differs, with both values.
with

bridge as (

    select
        organization_id,
        sum(case when line_no = 50 then amount_cents else 0 end) as location_revenue,
        sum(case when line_no = 70 then amount_cents else 0 end) as customer_revenue
    from {{ ref('revenue_bridge') }}
    group by organization_id

),

customers as (

    select
        organization_id,
        sum(total_revenue_cents) as cents
    from {{ ref('customer_analytics') }}
    group by organization_id

),

locations as (

    select
        organization_id,
        sum(revenue_cents) as cents
    from {{ ref('analytics_revenue_by_location_daily') }}
    group by organization_id

),

days as (

    select
        organization_id,
        date,
        sum(overview_cents) as overview_cents,
        sum(location_cents) as location_cents,
        sum(team_cents) as team_cents,
        sum(service_cents) as service_cents
    from (
        select
            organization_id,
            date,
            total_revenue_cents as overview_cents,
            0 as location_cents,
            0 as team_cents,
            0 as service_cents
        from {{ ref('analytics_overview_daily') }}
        union all
        select
            organization_id,
            date,
            0 as overview_cents,
            revenue_cents as location_cents,
            0 as team_cents,
            0 as service_cents
        from {{ ref('analytics_revenue_by_location_daily') }}
        union all
        select
            organization_id,
            date,
            0 as overview_cents,
            0 as location_cents,
            revenue_cents as team_cents,
            0 as service_cents
        from {{ ref('analytics_team_member_performance_daily') }}
        union all
        select
            organization_id,
            date,
            0 as overview_cents,
            0 as location_cents,
            0 as team_cents,
            revenue_cents as service_cents
        from {{ ref('analytics_service_performance_daily') }}
    ) as sums
    group by organization_id, date

)

select
    bridge.organization_id,
    cast(null as date) as date,
    bridge.location_revenue as one_cents,
    locations.cents as other_cents
from bridge
full outer join locations on bridge.organization_id = locations.organization_id
where coalesce(bridge.location_revenue, 0) <> coalesce(locations.cents, 0)

union all

select
    bridge.organization_id,
    cast(null as date) as date,
    bridge.customer_revenue as one_cents,
    customers.cents as other_cents
from bridge
full outer join customers on bridge.organization_id = customers.organization_id
where coalesce(bridge.customer_revenue, 0) <> coalesce(customers.cents, 0)

union all

select
    organization_id,
    date,
    overview_cents as one_cents,
    least(location_cents, team_cents, service_cents) as other_cents
from days
where overview_cents <> location_cents or overview_cents <> team_cents or overview_cents <> service_cents
