-- The audit's landed rows are in raw, line by line, and raw has no row that the audit does not know.
-- A failure means that a load was interrupted and not repeated. Returns the file with both counts.
with

lines_landed as (

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__performance_sales') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__price_types') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__package_sales') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__package_renewals') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__history') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__migrations') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__metadata_edits') }}

    union all

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ ref('stg_box_office__comparisons') }}

),

counted as (

    select
        organization_id,
        source_hash,
        count(*) as lines_in_raw
    from lines_landed
    group by organization_id, source_hash

),

audited as (

    select
        organization_id,
        source_hash,
        sum(rows_landed) as rows_landed
    from {{ source('ops', 'load_audit') }}
    where source = 'box_office'
    group by organization_id, source_hash

)

select
    audited.organization_id,
    audited.source_hash,
    audited.rows_landed,
    counted.lines_in_raw
from audited
full outer join counted
    on
        audited.organization_id = counted.organization_id
        and audited.source_hash = counted.source_hash
where coalesce(audited.rows_landed, 0) <> coalesce(counted.lines_in_raw, 0)
