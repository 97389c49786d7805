-- Check 12: no-shows, cancellations, tips and average tickets are not 0 on all rows of a tenant whose bookings and
-- payments of known customers have some. A column that was lost on the way looks just so. Returns the tenants.
with

bookings as (

    select
        organization_id,
        sum(case when status = 'NO_SHOW' then 1 else 0 end) as no_shows,
        sum(case when status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') then 1 else 0 end) as cancellations
    from {{ ref('stg_square__bookings') }}
    where not is_deleted and customer_id is not null
    group by organization_id

),

payments as (

    select
        organization_id,
        sum(tips_cents) as tips,
        sum(revenue_cents) as revenue
    from {{ ref('int_square__payments_measured') }}
    where is_own_currency and member_customer_id is not null
    group by organization_id

),

columns_summed as (

    select
        organization_id,
        sum(total_no_shows) as no_shows,
        sum(total_cancelled_by_customer + total_cancelled_by_seller) as cancellations,
        sum(total_tips_cents) as tips,
        sum(avg_ticket_cents) as tickets,
        sum(total_revenue_cents) as revenue
    from {{ ref('customer_analytics') }}
    group by organization_id

)

select columns_summed.organization_id
from columns_summed
left join bookings on columns_summed.organization_id = bookings.organization_id
left join payments on columns_summed.organization_id = payments.organization_id
where
    (columns_summed.no_shows = 0 and bookings.no_shows > 0)
    or (columns_summed.cancellations = 0 and bookings.cancellations > 0)
    or (columns_summed.tips = 0 and payments.tips > 0)
    -- Averages of less than half a minor unit are rightly 0.
    or (columns_summed.tickets = 0 and payments.revenue > 0 and columns_summed.revenue = 0)
    or (columns_summed.tickets = 0 and columns_summed.revenue > 0 and exists (
        select 1 from {{ ref('customer_analytics') }} as customers
        where
            customers.organization_id = columns_summed.organization_id
            and 2 * customers.total_revenue_cents >= customers.total_payments
            and customers.total_revenue_cents > 0
    ))
