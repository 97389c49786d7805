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

walk_ins as (

    select * from {{ ref('int_square__walk_ins_found') }}

),

first_visits as (

    select
        customer_number,
        min(start_at) as first_visit_at
    from {{ ref('int_square__bookings_placed') }}
    where is_visit and customer_number is not null
    group by customer_number

),

-- What counts as having come: visits, and walk-ins without a booking. Nothing before the first visit moves anybody.
comings as (

    select
        customer_number,
        start_at as came_at
    from visits

    union all

    select
        walk_ins.customer_number,
        walk_ins.order_at as came_at
    from walk_ins
    inner join first_visits
        on
            walk_ins.customer_number = first_visits.customer_number
            and walk_ins.order_at >= first_visits.first_visit_at

),

comings_in_order as (

    select
        customer_number,
        min(came_at) over (partition by customer_number) + {{ new_for }} as new_until,
        lag(came_at) over customer_comings as previous_came_at,
        came_at,
        coalesce(lead(came_at) over customer_comings, {{ ledgerline.as_of_instant() }}) as period_ends_at
    from comings
    window customer_comings as (partition by customer_number order by came_at)

),

-- What each coming changes, and its not being followed by another. A limit is passed just after its instant: at it, the
-- segment before still holds.
changes as (

    select
        customer_number,
        previous_came_at,
        came_at,
        new_until,
        case
            when previous_came_at is null then 'NEVER_VISITED'
            when came_at <= new_until then 'NEW'
            when came_at <= previous_came_at + {{ active_for }} then 'ACTIVE'
            when came_at <= previous_came_at + {{ at_risk_for }} then 'AT_RISK'
            else 'LOST'
        end as segment_before,
        case when came_at <= new_until then 'NEW' else 'ACTIVE' end as segment_after,
        case when new_until >= came_at and new_until < period_ends_at then 1 else 0 end as no_longer_new,
        case
            when came_at + {{ active_for }} > new_until and came_at + {{ active_for }} < period_ends_at then 1 else 0
        end as no_longer_active,
        case
            when
                came_at + {{ at_risk_for }} > new_until
                and came_at + {{ at_risk_for }} < period_ends_at
                and {{ at_risk_for }} > {{ active_for }}
                then 1
            else 0
        end as no_longer_at_risk
    from comings_in_order

),

counted as (

    select
        *,
        case when segment_before <> segment_after then 1 else 0 end as is_return,
        -- Of comings at one instant the first changes something, and the last is followed by something.
        coalesce(sum(
            case when segment_before <> segment_after then 1 else 0 end
            + no_longer_new + no_longer_active + no_longer_at_risk
        ) over (
            partition by customer_number order by came_at, previous_came_at nulls first
            rows between unbounded preceding and 1 preceding
        ), 0) as transitions_before
    from changes

),

transitions as (

    select
        customer_number,
        transitions_before + 1 as transition_no,
        segment_before as from_segment,
        segment_after as to_segment,
        'visit' as reason,
        came_at as transitioned_at
    from counted
    where is_return = 1

    union all

    select
        customer_number,
        transitions_before + is_return + 1 as transition_no,
        'NEW' as from_segment,
        case
            when new_until < came_at + {{ active_for }} then 'ACTIVE'
            when new_until < came_at + {{ at_risk_for }} then 'AT_RISK'
            else 'LOST'
        end as to_segment,
        'time' as reason,
        new_until as transitioned_at
    from counted
    where no_longer_new = 1

    union all

    select
        customer_number,
        transitions_before + is_return + no_longer_new + 1 as transition_no,
        'ACTIVE' as from_segment,
        case when {{ at_risk_for }} > {{ active_for }} then 'AT_RISK' else 'LOST' end as to_segment,
        'time' as reason,
        came_at + {{ active_for }} as transitioned_at
    from counted
    where no_longer_active = 1

    union all

    select
        customer_number,
        transitions_before + is_return + no_longer_new + no_longer_active + 1 as transition_no,
        'AT_RISK' as from_segment,
        'LOST' as to_segment,
        'time' as reason,
        came_at + {{ at_risk_for }} as transitioned_at
    from counted
    where no_longer_at_risk = 1

),

final as (

    select
        -- ids
        people.organization_id,
        people.canonical_customer_id as square_customer_id,
        cast(transitions.transition_no as integer) as transition_no,

        -- texts
        transitions.from_segment,
        transitions.to_segment,
        transitions.reason,

        -- timestamps
        transitions.transitioned_at

    from transitions
    inner join people on transitions.customer_number = people.customer_number

)

select * from final
