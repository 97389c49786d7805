with

mornings as (

    select * from {{ ref('int_report_mornings_counted') }}

),

latest_mornings as (

    select
        *,
        {{ days_between('snapshot_date', box_office_as_of_day()) }} as days_since
    from mornings
    where is_latest

),

printed as (

    select * from {{ ref('int_performance_snapshots_valued') }}
    where is_printed

),

performances as (

    select * from {{ ref('performances') }}

),

-- Each performance's newest printed snapshot and the one before it.
ranked as (

    select
        printed.*,
        latest_mornings.snapshot_date as latest_date,
        row_number() over (
            partition by printed.organization_id, printed.performance_code
            order by printed.snapshot_date desc
        ) as recency,
        lead(printed.total_tickets_sold) over (
            partition by printed.organization_id, printed.performance_code
            order by printed.snapshot_date desc
        ) as previous_tickets,
        lead(printed.total_revenue) over (
            partition by printed.organization_id, printed.performance_code
            order by printed.snapshot_date desc
        ) as previous_revenue
    from printed
    inner join latest_mornings
        on printed.organization_id = latest_mornings.organization_id

),

upcoming as (

    select * from ranked
    where
        recency = 1
        and snapshot_date = latest_date
        and performance_date > snapshot_date
        and not cancelled

),

alerts as (

    select
        organization_id,
        'stale' as alert,
        'fail' as severity,
        '' as performance_code,
        snapshot_date,
        cast(days_since as double precision) as value,
        cast({{ var('stale_days') }} as double precision) as threshold,
        'no sales report for ' || cast(days_since as varchar) || ' days' as message
    from latest_mornings
    where days_since > {{ var('stale_days') }}

    union all

    select
        organization_id,
        'partial' as alert,
        'fail' as severity,
        '' as performance_code,
        snapshot_date,
        cast(row_count as double precision) as value,
        cast({{ var('partial_ratio') }} as double precision) * usual_row_count as threshold,
        'the latest report has ' || cast(row_count as varchar) || ' performances, fewer than usual' as message
    from latest_mornings
    where row_count < cast({{ var('partial_ratio') }} as double precision) * usual_row_count

    union all

    select
        ranked.organization_id,
        'missing_upcoming' as alert,
        'fail' as severity,
        ranked.performance_code,
        ranked.latest_date as snapshot_date,
        cast({{ days_between('ranked.snapshot_date', 'ranked.latest_date') }} as double precision) as value,
        cast(0 as double precision) as threshold,
        'last printed on ' || cast(ranked.snapshot_date as varchar) || ', not on the latest report' as message
    from ranked
    inner join performances
        on
            ranked.organization_id = performances.organization_id
            and ranked.performance_code = performances.performance_code
    where
        ranked.recency = 1
        and ranked.snapshot_date < ranked.latest_date
        and performances.performance_kind = 'performance'
        and performances.performance_date >= {{ box_office_as_of_day() }}
        and not performances.cancelled

    union all

    select
        organization_id,
        'revenue_drop' as alert,
        'warn' as severity,
        performance_code,
        snapshot_date,
        cast(total_revenue as double precision) as value,
        cast({{ var('revenue_drop_ratio') }} as double precision)
        * cast(previous_revenue as double precision) as threshold,
        'revenue fell from ' || cast(previous_revenue as varchar) || ' to ' || cast(total_revenue as varchar) as message
    from upcoming
    where
        previous_revenue > {{ var('revenue_drop_floor') }}
        and total_revenue < {{ var('revenue_drop_ratio') }} * previous_revenue

    union all

    select
        organization_id,
        'ticket_drop' as alert,
        'warn' as severity,
        performance_code,
        snapshot_date,
        cast(total_tickets_sold - previous_tickets as double precision) as value,
        cast(-{{ var('ticket_drop') }} as double precision) as threshold,
        'tickets fell from ' || cast(previous_tickets as varchar)
        || ' to ' || cast(total_tickets_sold as varchar) as message
    from upcoming
    where total_tickets_sold - previous_tickets < -{{ var('ticket_drop') }}

    union all

    select
        organization_id,
        'sold_over_capacity' as alert,
        'warn' as severity,
        performance_code,
        last_snapshot_date as snapshot_date,
        cast(total_tickets_sold as double precision) as value,
        cast(capacity as double precision) as threshold,
        cast(total_tickets_sold as varchar) || ' sold of ' || cast(capacity as varchar) || ' seats' as message
    from performances
    where total_tickets_sold > capacity

),

final as (

    select
        organization_id,
        alert,
        severity,
        performance_code,
        message,
        value,
        threshold,
        snapshot_date
    from alerts

)

select * from final
