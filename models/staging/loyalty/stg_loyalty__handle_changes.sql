with

handle_changes as (

    select * from {{ source('loyalty', 'handle_changes') }}

),

final as (

    select
        -- ids
        client_id,
        old_handle_key,
        new_handle_key,

        -- texts
        old_handle,
        new_handle,

        -- dates
        export_date,

        -- timestamps
        detected_at,
        resolved_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from handle_changes

)

select * from final
