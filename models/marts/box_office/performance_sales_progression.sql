with

snapshots as (

    select * from {{ ref('performance_sales_snapshots') }}

),

final as (

    select
        organization_id,
        performance_code,
        days_out,
        cast(ceil(days_out / 7.0) as bigint) as weeks_out,
        total_tickets_sold as tickets_sold,
        total_revenue as revenue,
        capacity_percent,
        snapshot_date
    from snapshots
    where performance_kind = 'performance'

)

select * from final
