with

rows_landed as (

    select * from {{ source('box_office', 'metadata_edits') }}

),

renamed as (

    select
        -- ids
        organization_id,
        performance_code,
        _source_hash as source_hash,

        -- texts
        field,
        value,
        changed_by,
        source,
        note,
        _source_file as source_file,

        -- numerics
        _source_row as source_row,
        _landed_run as landed_run,

        -- dates
        effective_from,

        -- timestamps
        changed_at,
        _extracted_at as extracted_at
    from rows_landed

)

select * from renamed
