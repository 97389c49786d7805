with

landed_rows as (

    select * from {{ ref('int_ticketing_rows_unioned') }}

),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

files as (

    select
        landed_rows.kind,
        landed_rows.landed_organization_id,
        landed_rows.folder_organization_id,
        landed_rows.folder_event_key,
        landed_rows.source_hash,
        min(landed_rows.landed_run) as first_landed_run,
        count(*) as row_count,
        sum(resolved.rules_number) as rules_number
    from landed_rows
    inner join resolved
        on
            landed_rows.platform = resolved.platform
            and landed_rows.folder_organization_id = resolved.folder_organization_id
            and landed_rows.folder_event_key = resolved.folder_event_key
            and landed_rows.source_event_ref = resolved.source_event_ref
            and landed_rows.row_organization_id = resolved.row_organization_id
    group by
        landed_rows.kind,
        landed_rows.landed_organization_id,
        landed_rows.folder_organization_id,
        landed_rows.folder_event_key,
        landed_rows.source_hash

),

-- The work of one file under one set of definitions and rules. When rows are added to it, when its event is defined,
-- when a seed changes, it is another fingerprint, and the file's rows are read anew.
final as (

    select
        *,
        {{ ledgerline.hash_number(
            "concat_ws('|', kind, landed_organization_id, folder_organization_id, folder_event_key, source_hash,"
            ~ " cast(row_count as varchar), cast(rules_number as varchar))"
        ) }} as file_fingerprint
    from files

)

select * from final
