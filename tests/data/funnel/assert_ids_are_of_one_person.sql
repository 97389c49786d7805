{{ config(severity='warn') }}

-- A warning, since both people are kept, each with their own: an id that several people hold, who agree in no address,
-- phone or name (`contact_id_conflicts` names them). One record is wrong where it came from. Returns each id.
select
    organization_id,
    id_kind,
    source_id,
    count(*) as contacts
from {{ ref('contact_id_conflicts') }}
group by organization_id, id_kind, source_id
