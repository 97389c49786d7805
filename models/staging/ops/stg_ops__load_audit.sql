with

files as (select * from {{ source('ops', 'load_audit') }}),

renamed as (

    select
        -- ids
        organization_id,

        -- texts
        source,
        source_file,
        source_hash,

        -- numerics
        rows_read,
        rows_landed,
        rows_rejected,
        rows_duplicate,
        rows_skipped,
        landed_run,

        -- timestamps
        loaded_at
    from files

)

select * from renamed
