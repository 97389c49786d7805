-- The audit's landed rows are in raw, and raw has no row that the audit does not know. A failure means that a load was
-- interrupted and not repeated. Returns the file with both counts.
with

counted as (

    select
        landed_organization_id as organization_id,
        source_hash,
        count(*) as rows_in_raw
    from {{ ref('int_ticketing_rows_unioned') }}
    group by landed_organization_id, source_hash

),

audited as (

    select
        organization_id,
        source_hash,
        sum(rows_landed) as rows_landed
    from {{ source('ops', 'load_audit') }}
    where source = 'ticketing'
    group by organization_id, source_hash

)

select
    audited.organization_id,
    audited.source_hash,
    audited.rows_landed,
    counted.rows_in_raw
from audited
full outer join counted
    on
        audited.organization_id = counted.organization_id
        and audited.source_hash = counted.source_hash
where coalesce(audited.rows_landed, 0) <> coalesce(counted.rows_in_raw, 0)
