-- A platform says a word that `seed_ticketing_statuses` does not know: what it speaks of counts nowhere until somebody adds
-- the word. A warning, since the other sales stand; from the hundredth word on something is wrong with the reader.
-- Returns each word with its platform and rows.
{{ config(severity='warn', error_if='>= 100') }}

select
    platform,
    source_status,
    count(*) as row_count
from {{ ref('int_ticket_sales_versioned') }}
where status = 'unknown'
group by platform, source_status
