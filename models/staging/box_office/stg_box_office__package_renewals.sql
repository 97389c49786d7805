with

rows_landed as (

    select * from {{ source('box_office', 'package_renewal_rows') }}

),

renamed as (

    select
        -- ids
        organization_id,
        request_id,
        _source_hash as source_hash,

        -- texts
        source,
        season,
        category,
        package_type,
        package_name,
        _source_file as source_file,

        -- numerics
        new_pkg_seats,
        new_amount,
        renewed_pkg_seats,
        renewed_amount,
        total_pkg_seats,
        total_amount,
        _source_row as source_row,
        _landed_run as landed_run,

        -- booleans
        ticket_price_only,

        -- dates
        snapshot_date,

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
            partition by organization_id, snapshot_date, season, category, package_type, package_name
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
