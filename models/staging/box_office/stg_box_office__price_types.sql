with

rows_landed as (

    select * from {{ source('box_office', 'price_type_rows') }}

),

renamed as (

    select
        -- ids
        organization_id,
        request_id,
        performance_code,
        _source_hash as source_hash,

        -- texts
        source,
        group_label,
        performance_time,
        _source_file as source_file,

        -- numerics
        reported_budget_percent,
        available_seats,
        reported_cap_percent,
        package_tickets,
        package_revenue,
        single_tickets,
        single_revenue,
        discount_tickets,
        discount_revenue,
        comp_tickets,
        other_tickets,
        other_revenue,
        total_revenue,
        reserved_tickets,
        reserved_revenue,
        _source_row as source_row,
        _landed_run as landed_run,

        -- dates
        snapshot_date,
        performance_date,

        -- timestamps
        report_run_at,
        _extracted_at as extracted_at
    from rows_landed

),

-- The box office reruns a report when it finds an error; the last one run is the correction.
ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, performance_code, snapshot_date
            order by {{ newest_report_first() }}
        ) as key_rank
    from renamed

),

final as (

    select
        *,
        key_rank = 1 as is_current
    from ranked

)

select * from final
