-- Every rejected row that the audit counts is listed with its reason, and the other way round.
-- Returns the file with both counts.
with

listed as (

    select
        source,
        organization_id,
        source_file,
        source_hash,
        count(*) as rows_listed
    from {{ source('ops', 'rejected_rows') }}
    group by source, organization_id, source_file, source_hash

)

select
    audits.source_file,
    audits.rows_rejected,
    listed.rows_listed
from {{ source('ops', 'load_audit') }} as audits
full outer join listed
    on
        audits.source = listed.source
        and audits.organization_id = listed.organization_id
        and audits.source_file = listed.source_file
        and audits.source_hash = listed.source_hash
where coalesce(audits.rows_rejected, 0) <> coalesce(listed.rows_listed, 0)
