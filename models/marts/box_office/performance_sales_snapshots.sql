with

snapshots as (

    select * from {{ ref('int_performance_snapshots_valued') }}

),

price_types as (

    select * from {{ ref('performance_price_type_snapshots') }}

),

-- No look-ahead: comps of a later day are not known on an earlier snapshot.
comp_dates as (

    select
        snapshots.organization_id,
        snapshots.performance_code,
        snapshots.snapshot_date,
        max(price_types.snapshot_date) as comp_snapshot_date
    from snapshots
    inner join price_types
        on
            snapshots.organization_id = price_types.organization_id
            and snapshots.performance_code = price_types.performance_code
            and snapshots.snapshot_date >= price_types.snapshot_date
    group by snapshots.organization_id, snapshots.performance_code, snapshots.snapshot_date

),

with_comps as (

    select
        snapshots.*,
        comp_dates.comp_snapshot_date,
        price_types.comp_tickets,
        snapshots.single_tickets_sold - price_types.comp_tickets as paid_single_tickets,
        -- The printed % Cap is the share of gross potential, not of seats.
        {{ amount_from_cents_ratio(
            to_cents('snapshots.total_revenue') ~ ' * 1000', 'cast(snapshots.reported_cap_percent * 10 as bigint)'
        ) }} as gross_potential_amount
    from snapshots
    left join comp_dates
        on
            snapshots.organization_id = comp_dates.organization_id
            and snapshots.performance_code = comp_dates.performance_code
            and snapshots.snapshot_date = comp_dates.snapshot_date
    left join price_types
        on
            comp_dates.organization_id = price_types.organization_id
            and comp_dates.performance_code = price_types.performance_code
            and comp_dates.comp_snapshot_date = price_types.snapshot_date

),

final as (

    select
        organization_id,

        -- the legacy columns, in their order
        snapshot_id,
        performance_code,
        snapshot_date,
        performance_id,
        single_tickets_sold,
        subscription_tickets_sold,
        total_tickets_sold,
        total_revenue,
        capacity_percent,
        budget_percent,
        source,
        created_at,

        -- the performance on that morning
        performance_kind,
        performance_date,
        performance_time,
        days_out,

        -- what the page says
        fixed_tickets_sold,
        non_fixed_tickets_sold,
        reserved_tickets,
        available_seats,
        fixed_revenue,
        non_fixed_revenue,
        single_revenue,
        subtotal_revenue,
        reserved_revenue,
        {{ amount_per('fixed_revenue', 'fixed_tickets_sold') }} as fixed_atp,
        {{ amount_per('non_fixed_revenue', 'non_fixed_tickets_sold') }} as non_fixed_atp,
        {{ amount_per('single_revenue', 'single_tickets_sold') }} as single_atp,
        {{ amount_per('subtotal_revenue', 'total_tickets_sold') }} as overall_atp,
        reported_budget_percent,
        reported_cap_percent,
        reported_budget_error,
        reported_cap_error,
        is_latest,
        report_run_at,
        report_request_id,
        source_file,

        -- what the page implies
        gross_potential_amount,
        {{ amount_from_cents_ratio(
            to_cents('gross_potential_amount') ~ ' * cast(reported_budget_percent * 10 as bigint)', '1000'
        ) }} as reported_budget_amount,
        {{ percent_of('reported_cap_percent', 'reported_budget_percent') }} as reported_budget_achieved_percent,

        -- comps, from the newest price-type report by then
        comp_tickets,
        comp_snapshot_date,
        paid_single_tickets,
        {{ amount_per('single_revenue', 'paid_single_tickets') }} as paid_single_atp
    from with_comps

)

select * from final
