-- The last change of segment is the segment of today, and who never visited has none; each change starts where the one
-- before ended. Returns the people whose chain does not hold.
with

transitions as (

    select
        organization_id,
        square_customer_id,
        from_segment,
        to_segment,
        lag(to_segment, 1, 'NEVER_VISITED') over chain as segment_before,
        lead(to_segment) over chain is null as is_last
    from {{ ref('customer_segment_transitions') }}
    window chain as (partition by organization_id, square_customer_id order by transition_no)

)

select
    coalesce(customers.organization_id, transitions.organization_id) as organization_id,
    coalesce(customers.square_customer_id, transitions.square_customer_id) as square_customer_id
from {{ ref('customer_analytics') }} as customers
full outer join (
    select * from transitions
    where is_last
) as transitions
    on
        customers.organization_id = transitions.organization_id
        and customers.square_customer_id = transitions.square_customer_id
where customers.customer_segment is distinct from coalesce(transitions.to_segment, 'NEVER_VISITED')

union all

select
    organization_id,
    square_customer_id
from transitions
where from_segment <> segment_before
