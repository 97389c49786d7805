-- Check 1: customer_analytics has its 84 columns, each of its type, whatever its YAML says. BI queries and exports name
-- them. Returns each column that is missing, new or of another type.
{%- set expected = {
    'text': [
        'organization_id', 'square_customer_id', 'given_name', 'family_name', 'email_address', 'phone_number',
        'booking_notes', 'preferred_technician_id', 'preferred_service_variation_id', 'referral_source',
        'customer_segment', 'visit_segment', 'customer_type', 'acquisition_source', 'creation_source', 'preferred_location_id',
        'first_visit_location_id', 'first_visit_technician_id'
    ],
    'timestamptz': [
        'first_booking_at', 'last_booking_at', 'last_payment_at', 'activated_as_referrer_at', 'created_at',
        'updated_at', 'first_visit_at', 'last_visit_at', 'next_booking_at', 'second_visit_at', 'last_no_show_at',
        'last_cancelled_at', 'first_payment_at'
    ],
    'integer': [
        'total_accepted_bookings', 'total_cancelled_by_customer', 'total_cancelled_by_seller', 'total_no_shows',
        'total_payments', 'distinct_locations', 'total_referrals', 'total_visits', 'booking_visits',
        'service_order_visits', 'training_visits', 'retail_visits', 'canonical_group_size', 'completed_visits',
        'upcoming_bookings', 'days_since_last_visit', 'visits_last_30d', 'visits_last_90d', 'visits_last_365d',
        'days_to_second_visit', 'late_cancellations', 'preferred_weekday', 'preferred_hour_local',
        'distinct_technicians', 'distinct_services'
    ],
    'bigint': [
        'total_revenue_cents', 'total_tips_cents', 'avg_ticket_cents', 'total_rewards_cents',
        'gross_revenue_cents', 'net_revenue_last_90d_cents', 'net_revenue_last_365d_cents', 'refunded_cents',
        'discount_cents', 'gift_cards_bought_cents', 'gift_cards_redeemed_cents', 'revenue_per_visit_cents',
        'referral_revenue_generated_cents'
    ],
    'boolean': [
        'is_referrer', 'email_unsubscribed', 'is_overdue', 'retained_30d', 'retained_60d', 'retained_90d'
    ],
    'decimal(8, 2)': [
        'avg_days_between_visits', 'median_days_between_visits', 'avg_lead_days'
    ],
    'date': [
        'expected_next_visit_date'
    ],
    'decimal(6, 4)': [
        'cancellation_rate', 'no_show_rate', 'prebook_rate', 'online_booking_share', 'technician_loyalty'
    ]
} -%}
{%- set spoken = {
    'varchar': 'text', 'character varying': 'text', 'character varying(256)': 'text',
    'timestamp with time zone': 'timestamptz', 'numeric(6,4)': 'decimal(6, 4)', 'decimal(6,4)': 'decimal(6, 4)',
    'numeric(8,2)': 'decimal(8, 2)', 'decimal(8,2)': 'decimal(8, 2)'
} -%}
{%- set found = {} -%}
{%- set wrong = [] -%}
{%- if execute -%}
{%- for column in adapter.get_columns_in_relation(ref('customer_analytics')) -%}
        {%- set type = column.data_type | lower -%}
        {%- do found.update({column.name: spoken.get(type, type)}) -%}
    {%- endfor -%}
{%- set names = [] -%}
{%- for type, columns in expected.items() -%}
{%- for name in columns -%}
{%- do names.append(name) -%}
{%- if found.get(name) != type -%}
{%- do wrong.append(name ~ ': found ' ~ found.get(name, 'none') ~ ', expected ' ~ type) -%}
{%- endif -%}
{%- endfor -%}
{%- endfor -%}
{%- for name in found if name not in names -%}
        {%- do wrong.append(name ~ ': found, expected no such column') -%}
    {%- endfor -%}
{%- if names | length != 84 -%}
        {%- do wrong.append('this test lists ' ~ names | length ~ ' columns') -%}
    {%- endif -%}
{%- endif -%}
{% for line in wrong %}
select '{{ line }}' as problem
union all
{%- endfor %}
select cast(null as varchar) as problem from {{ ref('customer_analytics') }}
where 1 = 0
