with

syncs as (

    select * from {{ source('cruva', 'syncs') }}

),

final as (

    select
        -- ids
        organization_id as client_id,

        -- texts
        sync_date_source,
        nullif(reason_code, '') as reason_code,

        -- numerics
        rows_read,
        rows_landed,
        rows_rejected,
        rows_duplicate,
        rows_skipped,

        -- dates
        sync_date,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _landed_run as landed_run

    from syncs

)

select * from final
