with

snapshots as (

    select * from {{ ref('performance_sales_snapshots') }}

),

-- A week without a snapshot has no row: nothing is known of it, and nothing is filled in.
ranked as (

    select
        *,
        greatest(0, cast(ceil(days_out / 7.0) as bigint)) as week_number,
        row_number() over (
            partition by organization_id, performance_code, greatest(0, cast(ceil(days_out / 7.0) as bigint))
            order by snapshot_date desc
        ) as week_rank
    from snapshots
    where
        performance_kind = 'performance'
        and days_out is not null

),

weeks as (

    select
        *,
        week_number = 0 and snapshot_date > performance_date as is_final
    from ranked
    where week_rank = 1

),

compared as (

    select
        *,
        total_tickets_sold - lag(total_tickets_sold) over (
            partition by organization_id, performance_code
            order by week_number desc
        ) as tickets_sold,
        total_revenue - lag(total_revenue) over (
            partition by organization_id, performance_code
            order by week_number desc
        ) as revenue,
        lag(week_number) over (
            partition by organization_id, performance_code
            order by week_number desc
        ) - week_number as weeks_covered,
        max(case when is_final then total_tickets_sold end) over (
            partition by organization_id, performance_code
        ) as final_tickets
    from weeks

),

final as (

    select
        organization_id,

        -- the legacy columns, in their order
        performance_id,
        week_number,
        tickets_sold,
        {{ percent_of('tickets_sold', 'final_tickets') }} as percentage,
        total_tickets_sold as cumulative_tickets,
        {{ percent_of('total_tickets_sold', 'final_tickets') }} as cumulative_percentage,
        created_at,

        performance_code,
        snapshot_date,
        cast(revenue as decimal(18, 2)) as revenue,
        total_revenue as cumulative_revenue,
        weeks_covered,
        is_final
    from compared

)

select * from final
