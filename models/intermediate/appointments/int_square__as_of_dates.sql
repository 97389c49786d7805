-- The as-of, and its day in each zone: asking for the day in every row of a mart costs DuckDB 2 us.
select
    time_zone,
    {{ ledgerline.local_date(ledgerline.as_of_instant(), 'time_zone') }} as as_of_date,
    {{ ledgerline.as_of_instant() }} as as_of
from {{ ref('int_square__zones_found') }}
