-- Conservation: of every file, what was read either landed, or was rejected, a duplicate, or skipped.
-- A failure means that the loader lost a row silently. Returns the file with its counts.
select *
from {{ source('ops', 'load_audit') }}
where
    rows_read <> rows_landed + rows_rejected + rows_duplicate + rows_skipped
    or rows_read is null
