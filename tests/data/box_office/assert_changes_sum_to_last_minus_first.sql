-- The changes of a performance, by snapshot or by week, sum to its last count minus its first.
-- A failure means that a snapshot was skipped or counted twice. Returns the performance with both numbers.
with

bounds as (

    select
        organization_id,
        performance_code,
        sum(total_tickets_change) as changes,
        sum(revenue_change) as revenue_changes,
        max(case when is_last then total_tickets_sold end)
        - max(case when is_first then total_tickets_sold end) as difference,
        max(case when is_last then total_revenue end)
        - max(case when is_first then total_revenue end) as revenue_difference
    from (
        select
            *,
            row_number() over (
                partition by organization_id, performance_code
                order by snapshot_date
            ) = 1 as is_first,
            row_number() over (
                partition by organization_id, performance_code
                order by snapshot_date desc
            ) = 1 as is_last
        from {{ ref('performance_sales_history') }}
    ) as marked
    group by organization_id, performance_code

),

weekly as (

    select
        organization_id,
        performance_code,
        coalesce(sum(tickets_sold), 0) as changes,
        max(case when is_last then cumulative_tickets end)
        - max(case when is_first then cumulative_tickets end) as difference
    from (
        select
            *,
            row_number() over (
                partition by organization_id, performance_code
                order by week_number desc
            ) = 1 as is_first,
            row_number() over (
                partition by organization_id, performance_code
                order by week_number
            ) = 1 as is_last
        from {{ ref('weekly_sales') }}
    ) as marked
    group by organization_id, performance_code

)

select
    'history' as mart,
    organization_id,
    performance_code,
    changes,
    difference
from bounds
where
    coalesce(changes, 0) <> difference
    or coalesce(revenue_changes, 0) <> revenue_difference

union all

select
    'weekly' as mart,
    organization_id,
    performance_code,
    changes,
    difference
from weekly
where changes <> difference
