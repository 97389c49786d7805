-- Each chosen snapshot with the metadata that was in force on its date, and with what the performance is today.
with

snapshots as (

    select * from {{ ref('int_performance_snapshots_chosen') }}

),

performances as (

    select * from {{ ref('int_performances_described') }}

),

in_force as (

    select * from {{ ref('int_performance_metadata_in_force') }}

),

on_the_day as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        snapshots.snapshot_date,
        max(case when in_force.field = 'capacity' then cast(in_force.value as bigint) end) as capacity,
        max(case when in_force.field = 'budget_goal' then cast(in_force.value as decimal(18, 2)) end) as budget_goal,
        coalesce(max(case when in_force.field = 'cancelled' then in_force.value end) = 'true', false) as cancelled
    from snapshots
    left join in_force
        on
            snapshots.organization_id = in_force.organization_id
            and snapshots.performance_code = in_force.performance_code
            and snapshots.snapshot_date >= in_force.valid_from
            and snapshots.snapshot_date < in_force.valid_until
            and in_force.field in ('capacity', 'budget_goal', 'cancelled')
    group by snapshots.organization_id, snapshots.performance_code, snapshots.snapshot_date

),

final as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        snapshots.performance_code || '_' || cast(snapshots.snapshot_date as varchar) as snapshot_id,
        {{ performance_id('snapshots.performance_code') }} as performance_id,
        snapshots.source,
        snapshots.source_file,
        snapshots.request_id as report_request_id,
        snapshots.performance_time,
        performances.performance_kind,
        performances.season,
        performances.production,
        snapshots.single_tickets_sold,
        snapshots.subscription_tickets_sold,
        snapshots.total_tickets_sold,
        snapshots.fixed_tickets_sold,
        snapshots.non_fixed_tickets_sold,
        snapshots.reserved_tickets,
        snapshots.available_seats,
        snapshots.total_revenue,
        snapshots.fixed_revenue,
        snapshots.non_fixed_revenue,
        snapshots.single_revenue,
        snapshots.subtotal_revenue,
        snapshots.reserved_revenue,
        snapshots.reported_budget_percent,
        snapshots.reported_cap_percent,
        on_the_day.capacity,
        on_the_day.budget_goal,
        {{ percent_of('snapshots.total_tickets_sold', 'on_the_day.capacity') }} as capacity_percent,
        {{ percent_of('snapshots.total_revenue', 'on_the_day.budget_goal') }} as budget_percent,
        {{ days_between('snapshots.snapshot_date', 'performances.performance_date') }} as days_out,
        on_the_day.cancelled,
        snapshots.reported_budget_error,
        snapshots.reported_cap_error,
        snapshots.is_printed,
        snapshots.is_latest,
        snapshots.snapshot_date,
        performances.performance_date,
        snapshots.report_run_at,
        snapshots.extracted_at as created_at
    from snapshots
    inner join on_the_day
        on
            snapshots.organization_id = on_the_day.organization_id
            and snapshots.performance_code = on_the_day.performance_code
            and snapshots.snapshot_date = on_the_day.snapshot_date
    inner join performances
        on
            snapshots.organization_id = performances.organization_id
            and snapshots.performance_code = performances.performance_code

)

select * from final
