-- One row per performance and snapshot date: reports beat history, history beats migration, whatever landed first.
-- Snapshots later than the as-of day are not known yet.
with

printed as (

    select * from {{ ref('stg_box_office__performance_sales') }}

),

history as (

    select * from {{ ref('stg_box_office__history') }}

),

migrations as (

    select * from {{ ref('stg_box_office__migrations') }}

),

candidates as (

    select
        organization_id,
        performance_code,
        source,
        1 as source_rank,
        group_label,
        cast(null as varchar) as csv_title,
        performance_time,
        source_file,
        request_id,
        single_tickets_sold,
        fixed_tickets_sold + non_fixed_tickets_sold as subscription_tickets_sold,
        fixed_tickets_sold,
        non_fixed_tickets_sold,
        reserved_tickets,
        available_seats,
        total_revenue,
        fixed_revenue,
        non_fixed_revenue,
        single_revenue,
        subtotal_revenue,
        reserved_revenue,
        reported_budget_percent,
        reported_cap_percent,
        reported_budget_error,
        reported_cap_error,
        snapshot_date,
        performance_date,
        report_run_at,
        extracted_at
    from printed
    where is_current

    union all

    select
        organization_id,
        performance_code,
        'historical_import' as source,
        2 as source_rank,
        cast(null as varchar) as group_label,
        title as csv_title,
        cast(null as varchar) as performance_time,
        source_file,
        cast(null as bigint) as request_id,
        single_tickets_sold,
        subscription_tickets_sold,
        fixed_tickets_sold,
        non_fixed_tickets_sold,
        cast(null as bigint) as reserved_tickets,
        cast(null as bigint) as available_seats,
        total_revenue,
        cast(null as decimal(18, 2)) as fixed_revenue,
        cast(null as decimal(18, 2)) as non_fixed_revenue,
        cast(null as decimal(18, 2)) as single_revenue,
        cast(null as decimal(18, 2)) as subtotal_revenue,
        cast(null as decimal(18, 2)) as reserved_revenue,
        reported_budget_percent,
        reported_cap_percent,
        false as reported_budget_error,
        false as reported_cap_error,
        snapshot_date,
        performance_date,
        cast(null as timestamptz) as report_run_at,
        extracted_at
    from history
    where is_current

    union all

    select
        organization_id,
        performance_code,
        'migration' as source,
        3 as source_rank,
        cast(null as varchar) as group_label,
        cast(null as varchar) as csv_title,
        cast(null as varchar) as performance_time,
        source_file,
        cast(null as bigint) as request_id,
        single_tickets_sold,
        subscription_tickets_sold,
        fixed_tickets_sold,
        non_fixed_tickets_sold,
        cast(null as bigint) as reserved_tickets,
        cast(null as bigint) as available_seats,
        total_revenue,
        cast(null as decimal(18, 2)) as fixed_revenue,
        cast(null as decimal(18, 2)) as non_fixed_revenue,
        cast(null as decimal(18, 2)) as single_revenue,
        cast(null as decimal(18, 2)) as subtotal_revenue,
        cast(null as decimal(18, 2)) as reserved_revenue,
        reported_budget_percent,
        reported_cap_percent,
        false as reported_budget_error,
        false as reported_cap_error,
        snapshot_date,
        cast(null as date) as performance_date,
        cast(null as timestamptz) as report_run_at,
        extracted_at
    from migrations
    where is_current

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, performance_code, snapshot_date
            order by source_rank
        ) as choice_rank
    from candidates
    where snapshot_date <= {{ box_office_as_of_day() }}

),

final as (

    select
        *,
        single_tickets_sold + subscription_tickets_sold as total_tickets_sold,
        source_rank = 1 as is_printed,
        row_number() over (
            partition by organization_id, performance_code
            order by snapshot_date desc
        ) = 1 as is_latest
    from ranked
    where choice_rank = 1

)

select * from final
