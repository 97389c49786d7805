-- All that is known of a customer, but what the as-of alone changes: that is in customer_analytics. A row is kept for
-- as long as nothing that it is made from changes.
{{ config(materialized='kept', work='int_square__customers_fingerprinted', fingerprint='facts_fingerprint') }}
{#- The work is read by the parts; dbt must see that it is read here. -#}
{%- do ref('int_square__customers_fingerprinted') -%}

{#- Bookings that were kept, cancelled or missed. -#}
{%- set kept_or_lost = (
    'coalesce(visits.visits, 0)'
    ' + bookings.cancelled_by_customer + bookings.cancelled_by_seller + bookings.no_shows'
) %}

with

changed as (select * from {{ ref('int_square__customers_changed') }}),

bookings as (select * from {{ ref('int_square__customer_bookings_counted') }}),

visits as (select * from {{ ref('int_square__customer_visits_dated') }}),

habits as (select * from {{ ref('int_square__customer_habits_chosen') }}),

payments as (select * from {{ ref('int_square__customer_payments_summed') }}),

orders as (select * from {{ ref('int_square__customer_orders_counted') }}),

contacts as (select * from {{ ref('int_square__customer_contacts_chosen') }}),

notes as (select * from {{ ref('int_square__customer_notes_collected') }}),

referrals as (select * from {{ ref('int_square__referrals_attributed') }}),

referred as (select * from {{ ref('int_square__referral_revenue_summed') }}),

delivered as (select * from {{ ref('int_square__inputs_delivered') }}),

final as (

    select
        changed.organization_id,
        changed.canonical_customer_id,
        contacts.given_name,
        contacts.family_name,
        contacts.email_address,
        contacts.phone_number,
        bookings.first_booking_at,
        visits.last_booking_at,
        payments.last_payment_at,
        {{ ledgerline.square_known('bookings.accepted', ['bookings'], 'integer') }} as total_accepted_bookings,
        {{ ledgerline.square_known(
            'bookings.cancelled_by_customer', ['bookings'], 'integer'
        ) }} as total_cancelled_by_customer,
        {{ ledgerline.square_known(
            'bookings.cancelled_by_seller', ['bookings'], 'integer'
        ) }} as total_cancelled_by_seller,
        {{ ledgerline.square_known('bookings.no_shows', ['bookings'], 'integer') }} as total_no_shows,
        {{ ledgerline.square_known(
            'payments.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as total_revenue_cents,
        {{ ledgerline.square_known(
            'payments.tips_cents', ['payments', 'orders'], 'bigint'
        ) }} as total_tips_cents,
        {{ ledgerline.square_known('payments.payments', ['payments'], 'integer') }} as total_payments,
        {{ ledgerline.square_known(
            ledgerline.rounded_ratio('payments.revenue_cents', 'payments.payments'), ['payments', 'orders'], 'bigint'
        ) }} as avg_ticket_cents,
        notes.booking_notes,
        habits.preferred_technician_id,
        habits.preferred_service_variation_id,
        {{ ledgerline.square_known('bookings.locations', ['bookings'], 'integer') }} as distinct_locations,
        coalesce(referrals.is_referrer, false) as is_referrer,
        referrals.activated_as_referrer_at,
        referrals.referral_source,
        {{ ledgerline.square_known(
            'referrals.total_referrals', ['referral_profiles'], 'integer'
        ) }} as total_referrals,
        {{ ledgerline.square_known(
            'referrals.total_rewards_cents', ['rewards', 'payments', 'orders'], 'bigint'
        ) }} as total_rewards_cents,
        least(
            contacts.first_extracted_at, bookings.first_extracted_at, payments.first_extracted_at,
            orders.first_extracted_at, referrals.first_extracted_at
        ) as created_at,
        greatest(
            contacts.last_extracted_at, bookings.last_extracted_at, payments.last_extracted_at,
            orders.last_extracted_at, referrals.last_extracted_at
        ) as updated_at,
        {{ ledgerline.square_known(
            'visits.visits + visits.service_order_visits + visits.training_visits', ['bookings', 'orders'], 'integer'
        ) }} as total_visits,
        {{ ledgerline.square_known('visits.visits', ['bookings'], 'integer') }} as booking_visits,
        {{ ledgerline.square_known(
            'visits.service_order_visits', ['orders'], 'integer'
        ) }} as service_order_visits,
        {{ ledgerline.square_known('visits.training_visits', ['orders'], 'integer') }} as training_visits,
        {{ ledgerline.square_known('orders.retail_visits', ['orders'], 'integer') }} as retail_visits,
        visits.first_visit_at,
        visits.last_visit_at,
        case
            when bookings.accepted > 0 or orders.has_salon_line then 'SALON_CLIENT'
            when orders.has_training_line then 'STUDENT'
            when orders.retail_visits > 0 or payments.gross_cents > 0 then 'RETAIL'
            when bookings.cancelled_by_customer + bookings.cancelled_by_seller + bookings.no_shows > 0
                then 'CANCELLED_ONLY'
            else 'POTENTIAL'
        end as customer_type,
        {{ ledgerline.square_known(
            'payments.gross_cents', ['payments', 'orders'], 'bigint'
        ) }} as gross_revenue_cents,
        cast(changed.group_size as integer) as canonical_group_size,
        contacts.acquisition_source,
        contacts.creation_source,
        contacts.is_email_unsubscribed as email_unsubscribed,
        {{ ledgerline.square_known('visits.visits', ['bookings'], 'integer') }} as completed_visits,
        {{ ledgerline.square_known('bookings.upcoming', ['bookings'], 'integer') }} as upcoming_bookings,
        bookings.next_booking_at,
        visits.avg_gap_days as avg_days_between_visits,
        visits.median_gap_days as median_days_between_visits,
        -- The last visit day and as many days as are usual between two.
        visits.last_visit_day + cast(round(visits.median_gap_days) as integer) as expected_next_visit_date,
        {{ ledgerline.square_known('bookings.visits_last_30d', ['bookings'], 'integer') }} as visits_last_30d,
        {{ ledgerline.square_known('bookings.visits_last_90d', ['bookings'], 'integer') }} as visits_last_90d,
        {{ ledgerline.square_known('bookings.visits_last_365d', ['bookings'], 'integer') }} as visits_last_365d,
        visits.second_visit_at,
        cast(visits.second_visit_day - visits.first_visit_day as integer) as days_to_second_visit,
        {{ ledgerline.share_of(
            'bookings.cancelled_by_customer + bookings.cancelled_by_seller', kept_or_lost
        ) }} as cancellation_rate,
        {{ ledgerline.share_of('bookings.no_shows', kept_or_lost) }} as no_show_rate,
        {{ ledgerline.square_known(
            'bookings.late_cancellations', ['bookings'], 'integer'
        ) }} as late_cancellations,
        bookings.last_no_show_at,
        bookings.last_cancelled_at,
        {{ ledgerline.share_of('bookings.prebooked_visits', 'visits.visits') }} as prebook_rate,
        bookings.avg_lead_days,
        {{ ledgerline.share_of('bookings.online_visits', 'bookings.visits_of_known_source') }} as online_booking_share,
        bookings.preferred_location_id,
        habits.preferred_weekday,
        habits.preferred_hour_local,
        {{ ledgerline.square_known(
            'habits.distinct_technicians', ['bookings'], 'integer'
        ) }} as distinct_technicians,
        {{ ledgerline.square_known('habits.distinct_services', ['bookings'], 'integer') }} as distinct_services,
        {{ ledgerline.share_of('habits.preferred_technician_segments', 'habits.technician_segments') }}
            as technician_loyalty,
        visits.first_visit_location_id,
        visits.first_visit_technician_id,
        {{ ledgerline.square_known(
            'payments.revenue_last_90d_cents', ['payments', 'orders'], 'bigint'
        ) }} as net_revenue_last_90d_cents,
        {{ ledgerline.square_known(
            'payments.revenue_last_365d_cents', ['payments', 'orders'], 'bigint'
        ) }} as net_revenue_last_365d_cents,
        {{ ledgerline.square_known(
            'payments.refunded_cents', ['payments', 'orders'], 'bigint'
        ) }} as refunded_cents,
        {{ ledgerline.square_known(
            'orders.discount_cents', ['payments', 'orders'], 'bigint'
        ) }} as discount_cents,
        {{ ledgerline.square_known(
            'payments.gift_part_cents', ['payments', 'orders'], 'bigint'
        ) }} as gift_cards_bought_cents,
        {{ ledgerline.square_known(
            'payments.redeemed_cents', ['payments', 'orders'], 'bigint'
        ) }} as gift_cards_redeemed_cents,
        payments.first_payment_at,
        cast({{ ledgerline.rounded_ratio('coalesce(payments.revenue_cents, 0)', 'visits.visits') }} as bigint)
            as revenue_per_visit_cents,
        {{ ledgerline.square_known(
            'referred.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as referral_revenue_generated_cents,

        -- Not in the mart: what the as-of is compared with there, and what the daily marts count.
        visits.first_came_at,
        visits.first_visit_zone,
        visits.last_booking_zone,
        visits.last_visit_zone,
        visits.first_visit_date,
        visits.last_visit_date,
        visits.first_visit_day,
        visits.second_visit_day,
        changed.facts_fingerprint
    from changed
    left join bookings on changed.customer_number = bookings.customer_number
    left join visits on changed.customer_number = visits.customer_number
    left join habits on changed.customer_number = habits.customer_number
    left join payments on changed.customer_number = payments.customer_number
    left join orders on changed.customer_number = orders.customer_number
    left join contacts on changed.customer_number = contacts.customer_number
    left join notes on changed.customer_number = notes.customer_number
    left join referred on changed.customer_number = referred.customer_number
    left join referrals
        on
            changed.organization_id = referrals.organization_id
            and changed.canonical_customer_id = referrals.canonical_customer_id
    left join delivered on changed.organization_id = delivered.organization_id

)

select * from final
