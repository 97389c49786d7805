{{ config(severity='warn') }}

-- A warning, since the contact is kept with the zone as its source writes it: names that are neither in
-- `funnel_time_zones` nor look like an IANA zone. Returns each with its number of contacts.
select
    organization_id,
    time_zone,
    count(*) as contacts
from {{ ref('contacts') }}
where time_zone not like '%/%' and time_zone <> 'UTC'
group by organization_id, time_zone
