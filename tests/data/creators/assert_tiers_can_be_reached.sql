{{ config(severity='warn') }}

-- A warning, since a scale may be unfinished: a tier above the lowest that has no threshold in the metric in use is
-- reached by nobody. Returns those tiers.
select
    client_id,
    tier_id,
    tier_name
from {{ ref('tiers') }}
where threshold is null
