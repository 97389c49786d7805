{%- set new_for = "interval '" ~ var("square_new_days") * 24 ~ " hours'" -%}
{%- set active_for = "interval '" ~ var("square_active_days") * 24 ~ " hours'" -%}
{%- set at_risk_for = "interval '" ~ var("square_at_risk_days") * 24 ~ " hours'" -%}

with

people as (

    select
        organization_id,
        canonical_customer_id,
        customer_number
    from {{ ref('int_square__customers_resolved') }}
    where customer_id = canonical_customer_id

),

visits as (

    select
        customer_number,
        start_at
    from {{ ref('int_square__bookings_placed') }}
    where is_visit and customer_number is not null

),

orders as (

    select * from {{ ref('int_square__orders_settled') }}
    where state = 'COMPLETED' and order_class in ('salon', 'training')

),

links as (

    select * from {{ ref('int_square__orders_linked') }}

),

first_visits as (

    select
        customer_number,
        min(start_at) as first_visit_at
    from visits
    group by customer_number

),

-- What counts as having come: visits, and walk-ins without a booking. Nothing before the first visit moves anybody.
comings as (

    select
        customer_number,
        start_at as came_at
    from visits

    union

    select
        orders.customer_number,
        orders.order_at as came_at
    from orders
    left join links on orders.organization_id = links.organization_id and orders.order_id = links.order_id
    where links.order_id is null

),

comings_in_order as (

    select
        comings.customer_number,
        first_visits.first_visit_at,
        comings.came_at,
        lead(comings.came_at) over (
            partition by comings.customer_number order by comings.came_at
        ) as next_came_at
    from comings
    inner join first_visits on comings.customer_number = first_visits.customer_number
    where comings.came_at >= first_visits.first_visit_at

),

-- The instants at which a segment may change, and when the person had come last by then.
instants as (

    select
        customer_number,
        first_visit_at,
        came_at as last_came_at,
        came_at as changed_at,
        false as is_limit
    from comings_in_order
    {% for limit, start in [(new_for, 'first_visit_at'), (active_for, 'came_at'), (at_risk_for, 'came_at')] %}
    union all

    select
        customer_number,
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
            partition by customer_number order by changed_at, is_limit
        ) as from_segment
    from segments

),

final as (

    select
        -- ids
        people.organization_id,
        people.canonical_customer_id as square_customer_id,
        cast(row_number() over (
            partition by compared.customer_number order by compared.changed_at, compared.is_limit
        ) as integer) as transition_no,

        -- texts
        compared.from_segment,
        compared.to_segment,
        case when compared.is_limit then 'time' else 'visit' end as reason,

        -- timestamps
        compared.changed_at as transitioned_at

    from compared
    inner join people on compared.customer_number = people.customer_number
    where compared.from_segment <> compared.to_segment

)

select * from final
