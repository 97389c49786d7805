-- Whether this run decides: an as-of before one that decided only looks back.
select
    {{ ledgerline.as_of_instant() }} as as_of,
    coalesce(max(as_of) <= {{ ledgerline.as_of_instant() }}, true) as is_deciding
from {{ ref('int_creators__runs_recorded') }}
