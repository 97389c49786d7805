with

reports as (

    select * from {{ ref('stg_box_office__reports') }}
    where snapshot_date <= {{ box_office_as_of_day() }}

),

rows_united as (

    select
        organization_id,
        source_hash,
        is_current,
        fixed_tickets_sold + non_fixed_tickets_sold + single_tickets_sold as tickets,
        total_revenue as revenue
    from {{ ref('stg_box_office__performance_sales') }}

    union all

    select
        organization_id,
        source_hash,
        is_current,
        package_tickets + single_tickets + discount_tickets + comp_tickets + other_tickets as tickets,
        total_revenue as revenue
    from {{ ref('stg_box_office__price_types') }}

    union all

    select
        organization_id,
        source_hash,
        is_current,
        package_seats as tickets,
        total_amount as revenue
    from {{ ref('stg_box_office__package_sales') }}

    union all

    select
        organization_id,
        source_hash,
        is_current,
        total_pkg_seats as tickets,
        total_amount as revenue
    from {{ ref('stg_box_office__package_renewals') }}

),

computed as (

    select
        organization_id,
        source_hash,
        cast(sum(tickets) as bigint) as computed_total_tickets,
        cast(sum(revenue) as decimal(18, 2)) as computed_total_revenue,
        sum(case when is_current then 1 else 0 end) as current_row_count
    from rows_united
    group by organization_id, source_hash

),

final as (

    select
        reports.organization_id,
        reports.source_hash,
        reports.request_id,
        reports.report_kind,
        reports.source_file,
        reports.snapshot_date_basis,
        reports.season_list,
        reports.parser_version,
        reports.page_count,
        reports.row_count,
        reports.group_count,
        reports.printed_total_tickets,
        computed.computed_total_tickets,
        reports.printed_total_revenue,
        computed.computed_total_revenue,
        cast(computed.current_row_count as bigint) as current_row_count,
        reports.include_resold,
        reports.ticket_price_only,
        reports.snapshot_date,
        reports.report_run_at
    from reports
    left join computed
        on
            reports.organization_id = computed.organization_id
            and reports.source_hash = computed.source_hash

)

select * from final
