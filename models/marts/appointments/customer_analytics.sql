-- What is known of each customer, and what the as-of makes of it: cheap enough to be made of all in every build.
{%- set now = ledgerline.as_of_instant() %}
with

facts as (select * from {{ ref('int_square__customer_facts') }}),

as_of_dates as (select * from {{ ref('int_square__as_of_dates') }}),

-- N days are N times 86,400 seconds.
dated as (

    select
        facts.*,
        {%- for segment, first_at in [('customer_segment', 'first_visit_at'), ('visit_segment', 'first_came_at')] %}
        case
            when facts.{{ first_at }} is null then 'NEVER_VISITED'
            when facts.{{ first_at }} >= {{ now }} - interval '{{ var("square_new_days") * 24 }} hours' then 'NEW'
            when facts.last_visit_at >= {{ now }} - interval '{{ var("square_active_days") * 24 }} hours' then 'ACTIVE'
            when facts.last_visit_at >= {{ now }} - interval '{{ var("square_at_risk_days") * 24 }} hours'
                then 'AT_RISK'
            else 'LOST'
        end as {{ segment }},
        {%- endfor %}
        {%- for days in (30, 60, 90) %}
        case
            when facts.days_to_second_visit <= {{ days }} then true
            when first_visit_clock.as_of_date <= facts.first_visit_day + {{ days }} then null
            when facts.first_visit_day is not null then false
        end as retained_{{ days }}d,
        {%- endfor %}
        cast(last_visit_clock.as_of_date - facts.last_visit_date as integer) as days_since_last_visit,
        -- Later than expected by more than half of what is usual, and nothing booked.
        case
            when facts.expected_next_visit_date is not null
                then
                    last_booking_clock.as_of_date - facts.expected_next_visit_date
                    > facts.median_days_between_visits / 2
                    and coalesce(facts.upcoming_bookings, 0) = 0
        end as is_overdue
    from facts
    left join as_of_dates as first_visit_clock on facts.first_visit_zone = first_visit_clock.time_zone
    left join as_of_dates as last_booking_clock on facts.last_booking_zone = last_booking_clock.time_zone
    left join as_of_dates as last_visit_clock on facts.last_visit_zone = last_visit_clock.time_zone

),

final as (

    -- The columns stand in the order of the contract.
    select
        organization_id,
        canonical_customer_id as square_customer_id,
        given_name,
        family_name,
        email_address,
        phone_number,
        first_booking_at,
        last_booking_at,
        last_payment_at,
        total_accepted_bookings,
        total_cancelled_by_customer,
        total_cancelled_by_seller,
        total_no_shows,
        total_revenue_cents,
        total_tips_cents,
        total_payments,
        avg_ticket_cents,
        booking_notes,
        preferred_technician_id,
        preferred_service_variation_id,
        distinct_locations,
        is_referrer,
        activated_as_referrer_at,
        referral_source,
        total_referrals,
        total_rewards_cents,
        customer_segment,
        created_at,
        updated_at,
        total_visits,
        booking_visits,
        service_order_visits,
        training_visits,
        retail_visits,
        first_visit_at,
        last_visit_at,
        customer_type,
        gross_revenue_cents,
        canonical_group_size,
        acquisition_source,
        creation_source,
        email_unsubscribed,
        completed_visits,
        upcoming_bookings,
        next_booking_at,
        days_since_last_visit,
        avg_days_between_visits,
        median_days_between_visits,
        expected_next_visit_date,
        is_overdue,
        visits_last_30d,
        visits_last_90d,
        visits_last_365d,
        second_visit_at,
        days_to_second_visit,
        retained_30d,
        retained_60d,
        retained_90d,
        cancellation_rate,
        no_show_rate,
        late_cancellations,
        last_no_show_at,
        last_cancelled_at,
        prebook_rate,
        avg_lead_days,
        online_booking_share,
        preferred_location_id,
        preferred_weekday,
        preferred_hour_local,
        distinct_technicians,
        distinct_services,
        technician_loyalty,
        first_visit_location_id,
        first_visit_technician_id,
        net_revenue_last_90d_cents,
        net_revenue_last_365d_cents,
        refunded_cents,
        discount_cents,
        gift_cards_bought_cents,
        gift_cards_redeemed_cents,
        first_payment_at,
        revenue_per_visit_cents,
        referral_revenue_generated_cents,
        visit_segment
    from dated

)

select * from final
