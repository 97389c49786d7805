with

snapshots as (

    select * from {{ ref('performance_sales_snapshots') }}

),

compared as (

    select
        *,
        lag(snapshot_date) over (
            partition by organization_id, performance_code
            order by snapshot_date
        ) as previous_snapshot_date,
        lag(single_tickets_sold) over (
            partition by organization_id, performance_code
            order by snapshot_date
        ) as previous_single_tickets_sold,
        lag(subscription_tickets_sold) over (
            partition by organization_id, performance_code
            order by snapshot_date
        ) as previous_subscription_tickets_sold,
        lag(total_revenue) over (
            partition by organization_id, performance_code
            order by snapshot_date
        ) as previous_total_revenue
    from snapshots

),

changed as (

    select
        *,
        {{ days_between('previous_snapshot_date', 'snapshot_date') }} as days_since_previous,
        single_tickets_sold - previous_single_tickets_sold as single_tickets_change,
        subscription_tickets_sold - previous_subscription_tickets_sold as subscription_tickets_change,
        total_tickets_sold
        - (previous_single_tickets_sold + previous_subscription_tickets_sold) as total_tickets_change,
        cast(total_revenue - previous_total_revenue as decimal(18, 2)) as revenue_change
    from compared

),

final as (

    select
        organization_id,
        performance_code,
        source,
        days_out,
        single_tickets_sold,
        subscription_tickets_sold,
        total_tickets_sold,
        total_revenue,
        capacity_percent,
        budget_percent,
        days_since_previous,
        single_tickets_change,
        subscription_tickets_change,
        total_tickets_change,
        revenue_change,
        cast(total_tickets_change as double precision) / days_since_previous as tickets_per_day,
        cast(revenue_change as double precision) / days_since_previous as revenue_per_day,
        coalesce(
            single_tickets_change <> 0 or subscription_tickets_change <> 0 or revenue_change <> 0, false
        ) as is_changed,
        snapshot_date,
        previous_snapshot_date
    from changed

)

select * from final
