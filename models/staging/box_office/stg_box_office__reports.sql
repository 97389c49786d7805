with

rows_landed as (

    select * from {{ source('box_office', 'reports') }}

),

renamed as (

    select
        -- ids
        organization_id,
        request_id,
        _source_hash as source_hash,

        -- texts
        report_kind,
        source,
        snapshot_date_basis,
        season_list,
        parser_version,
        _source_file as source_file,

        -- numerics
        page_count,
        row_count,
        group_count,
        printed_total_tickets,
        printed_total_revenue,
        _source_row as source_row,
        _landed_run as landed_run,

        -- booleans
        include_resold,
        ticket_price_only,

        -- dates
        snapshot_date,

        -- timestamps
        report_run_at,
        email_date,
        _extracted_at as extracted_at
    from rows_landed

)

select * from renamed
