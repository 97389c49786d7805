-- What an organisation never delivered is unknown: a count or sum that rests on it alone is NULL, and none is where one
-- of its kinds of input ever came. Returns the rows that know too much, or too little.
{%- set rests_on = [
    (['bookings'], [
        'total_accepted_bookings', 'total_cancelled_by_customer', 'total_cancelled_by_seller',
        'total_no_shows', 'distinct_locations', 'booking_visits',
        'completed_visits', 'upcoming_bookings', 'visits_last_30d',
        'visits_last_90d', 'visits_last_365d', 'late_cancellations',
        'distinct_technicians', 'distinct_services'
    ]),
    (['orders'], [
        'service_order_visits', 'training_visits', 'retail_visits'
    ]),
    (['payments', 'orders'], [
        'total_revenue_cents', 'total_tips_cents', 'gross_revenue_cents',
        'net_revenue_last_90d_cents', 'net_revenue_last_365d_cents', 'refunded_cents',
        'discount_cents', 'gift_cards_bought_cents', 'gift_cards_redeemed_cents',
        'referral_revenue_generated_cents', 'avg_ticket_cents'
    ]),
    (['payments'], [
        'total_payments'
    ]),
    (['bookings', 'orders'], [
        'total_visits'
    ]),
    (['referral_profiles'], [
        'total_referrals'
    ]),
    (['rewards', 'payments', 'orders'], [
        'total_rewards_cents'
    ])
] -%}
{%- set conditions = [] -%}
{%- for kinds, columns in rests_on -%}
{%- set delivered = [] -%}
{%- for kind in kinds -%}
{%- do delivered.append('coalesce(delivered.has_' ~ kind ~ ', false)') -%}
{%- endfor -%}
{%- for column in columns -%}
{%- do conditions.append('(customers.' ~ column ~ ' is null) = (' ~ delivered | join(' or ') ~ ')') -%}
{%- endfor -%}
{%- endfor %}
select
    customers.organization_id,
    customers.square_customer_id
from {{ ref('customer_analytics') }} as customers
left join {{ ref('int_square__inputs_delivered') }} as delivered
    on customers.organization_id = delivered.organization_id
where
    {{ conditions | join('\n    or ') }}
