with

price_types as (

    select * from {{ ref('stg_box_office__price_types') }}

),

flagged as (

    select
        *,
        package_tickets = 0 and single_tickets = 0 and discount_tickets = 0 and comp_tickets > 0 as is_free_event
    from price_types
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

final as (

    select
        organization_id,
        performance_code,
        source_file,
        package_tickets,
        package_revenue,
        single_tickets,
        single_revenue,
        discount_tickets,
        discount_revenue,
        other_tickets,
        other_revenue,
        reserved_tickets,
        reserved_revenue,
        comp_tickets,
        case when is_free_event then 0 else comp_tickets end as counted_comp_tickets,
        package_tickets + single_tickets + discount_tickets + comp_tickets + other_tickets as total_tickets,
        total_revenue,
        available_seats,
        reported_budget_percent,
        reported_cap_percent,
        is_free_event,
        snapshot_date
    from flagged

)

select * from final
