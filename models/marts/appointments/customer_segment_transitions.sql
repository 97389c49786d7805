{%- set new_for = "interval '" ~ var("square_new_days") * 24 ~ " hours'" -%}
{%- set active_for = "interval '" ~ var("square_active_days") * 24 ~ " hours'" -%}
{%- set at_risk_for = "interval '" ~ var("square_at_risk_days") * 24 ~ " hours'" -%}

with

visited as (

    select
        organization_id,
        canonical_customer_id,
        first_visit_at
    from {{ ref('int_square__customers_visited') }}
    where first_visit_at is not null

),

bookings as (

    select * from {{ ref('int_square__bookings_placed') }}
    where is_visit

),

orders as (

    select * from {{ ref('int_square__orders_settled') }}
    where state = 'COMPLETED' and order_class in ('salon', 'training')

),

links as (

    select * from {{ ref('int_square__orders_linked') }}

),

-- What counts as having come: visits, and walk-ins without a booking. Nothing before the first visit moves anybody.
comings as (

    select
        organization_id,
        canonical_customer_id,
        start_at as came_at
    from bookings

    union

    select
        orders.organization_id,
        orders.canonical_customer_id,
        orders.order_at as came_at
    from orders
    left join links on orders.organization_id = links.organization_id and orders.order_id = links.order_id
    where links.order_id is null

),

comings_in_order as (

    select
        comings.organization_id,
        comings.canonical_customer_id,
        visited.first_visit_at,
        comings.came_at,
        lead(comings.came_at) over (
            partition by comings.organization_id, comings.canonical_customer_id order by comings.came_at
        ) as next_came_at
    from comings
    inner join visited
        on
            comings.organization_id = visited.organization_id
            and comings.canonical_customer_id = visited.canonical_customer_id
    where comings.came_at >= visited.first_visit_at

),

-- The instants at which a segment may change, and when the person had come last by then.
instants as (

    select
        organization_id,
        canonical_customer_id,
        first_visit_at,
        came_at as last_came_at,
        came_at as changed_at,
        false as is_limit
    from comings_in_order
    {% for limit, start in [(new_for, 'first_visit_at'), (active_for, 'came_at'), (at_risk_for, 'came_at')] %}
    union all

    select
        organization_id,
        canonical_customer_id,
        first_visit_at,
        came_at as last_came_at,
        {{ start }} + {{ limit }} as changed_at,
        true as is_limit
    from comings_in_order
    where
        {{ start }} + {{ limit }} >= came_at
        and {{ start }} + {{ limit }} < coalesce(next_came_at, {{ ledgerline.as_of_instant() }})
    {% endfor %}
),

-- A limit is passed just after its instant; at the instant itself the segment still holds.
segments as (

    select
        *,
        case
            when
                changed_at < first_visit_at + {{ new_for }}
                or (changed_at = first_visit_at + {{ new_for }} and not is_limit) then 'NEW'
            when
                changed_at < last_came_at + {{ active_for }}
                or (changed_at = last_came_at + {{ active_for }} and not is_limit) then 'ACTIVE'
            when
                changed_at < last_came_at + {{ at_risk_for }}
                or (changed_at = last_came_at + {{ at_risk_for }} and not is_limit) then 'AT_RISK'
            else 'LOST'
        end as to_segment
    from instants

),

compared as (

    select
        *,
        lag(to_segment, 1, 'NEVER_VISITED') over (
            partition by organization_id, canonical_customer_id order by changed_at, is_limit
        ) as from_segment
    from segments

),

final as (

    select
        -- ids
        organization_id,
        canonical_customer_id as square_customer_id,
        cast(row_number() over (
            partition by organization_id, canonical_customer_id order by changed_at, is_limit
        ) as integer) as transition_no,

        -- texts
        from_segment,
        to_segment,
        case when is_limit then 'time' else 'visit' end as reason,

        -- timestamps
        changed_at as transitioned_at

    from compared
    where from_segment <> to_segment

)

select * from final
