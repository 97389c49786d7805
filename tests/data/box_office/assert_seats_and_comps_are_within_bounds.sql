-- A split subscription counts at most once a line's seats in sum, counted comps are comps, and comps are tickets.
-- Returns the offending line with its numbers.
select
    'unique_pkg_seats' as what,
    sum(unique_pkg_seats) as part,
    sum(total_pkg_seats) as whole
from {{ ref('subscription_renewal_snapshots') }}
group by organization_id, snapshot_date, season, category, package_type, is_split_line, split_group
having sum(unique_pkg_seats) > sum(total_pkg_seats)

union all

select
    'counted_comp_tickets' as what,
    counted_comp_tickets as part,
    comp_tickets as whole
from {{ ref('performance_price_type_snapshots') }}
where
    counted_comp_tickets > comp_tickets
    or comp_tickets > total_tickets
