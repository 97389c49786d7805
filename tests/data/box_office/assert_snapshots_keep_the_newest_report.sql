-- An older run that lands later changes nothing: the report behind each printed snapshot is the newest of its day.
-- Returns a snapshot together with a newer run of the same performance and day.
select
    snapshots.organization_id,
    snapshots.snapshot_id,
    snapshots.report_run_at,
    printed.report_run_at as newer_run_at
from {{ ref('performance_sales_snapshots') }} as snapshots
inner join {{ ref('stg_box_office__performance_sales') }} as printed
    on
        snapshots.organization_id = printed.organization_id
        and snapshots.performance_code = printed.performance_code
        and snapshots.snapshot_date = printed.snapshot_date
where
    snapshots.source not in ('pdf_webhook', 'pdf_import')
    or snapshots.report_run_at < printed.report_run_at
