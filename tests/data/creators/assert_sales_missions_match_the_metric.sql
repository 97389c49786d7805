{{ config(severity='warn') }}

-- A warning, since the programme is right to run it: a sales mission that counts dollars where the client's tiers count
-- pieces, or the other way round, is completed by other creators than the ones who rise. Returns those missions.
select distinct
    client_id,
    mission_id,
    mission_type
from {{ ref('mission_progress') }}
where not is_metric_match
