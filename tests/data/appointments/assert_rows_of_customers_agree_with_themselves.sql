-- First is not after last, the kinds of visits add up, who never visited has no first visit, and nobody who paid is only
-- a prospect. Returns the rows that contradict themselves.
select
    organization_id,
    square_customer_id
from {{ ref('customer_analytics') }}
where
    first_payment_at > last_payment_at
    or first_visit_at > last_visit_at
    or first_visit_at > last_booking_at
    or (total_visits > 0 and booking_visits > 0 and first_booking_at > last_booking_at)
    or total_visits
    <> coalesce(booking_visits, 0) + coalesce(service_order_visits, 0) + coalesce(training_visits, 0)
    or (customer_segment = 'NEVER_VISITED') <> (first_visit_at is null)
    or (customer_type = 'POTENTIAL' and gross_revenue_cents > 0)
