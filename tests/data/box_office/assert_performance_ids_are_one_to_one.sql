-- A performance id stands for one code, and a code has one id: dashboards may join on either.
-- Returns each id or code that has several partners, with their number.
select
    'performance_id ' || cast(performance_id as varchar) as shared,
    count(distinct performance_code) as partners
from {{ ref('performances') }}
group by performance_id
having count(distinct performance_code) > 1

union all

select
    'performance_code ' || performance_code as shared,
    count(distinct performance_id) as partners
from {{ ref('performances') }}
group by performance_code
having count(distinct performance_id) > 1
