-- Check 5: avg_ticket_cents is revenue per payment, rounded half away from zero; 0 without a payment, unknown with revenue. Returns the rest.
select
    organization_id,
    square_customer_id,
    avg_ticket_cents,
    total_revenue_cents,
    total_payments
from {{ ref('customer_analytics') }}
where
    avg_ticket_cents is distinct from
    case
        when coalesce(total_payments, 0) = 0 then 0 * total_revenue_cents
        else {{ ledgerline.divide_integers('2 * total_revenue_cents + total_payments', '2 * total_payments') }}
    end
