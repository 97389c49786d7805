-- What every day of an organization adds up to: counts and amounts only, so that any days may be summed. 0 where
-- nothing happened; NULL, on every day, where the organization never delivered what would tell. Amounts are in
-- `funnel_currency` alone; orders count on the day they were placed, leads on the day they first opted in.
with

days as (

    select * from {{ ref('int_funnel_days_listed') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

leads as (

    select
        organization_id,
        lead_date as date,
        count(*) as leads,
        count(case when lead_channel = 'paid' then 1 end) as paid_leads,
        count(case when lead_channel = 'organic' then 1 end) as organic_leads,
        count(case when lead_channel = 'other' then 1 end) as other_leads
    from {{ ref('int_leads_classified') }}
    group by organization_id, lead_date

),

orders as (

    select
        organization_id,
        purchase_date as date,
        count(*) as orders,
        {{ ledgerline.in_funnel_currency('order_total') }} as revenue_amount,
        count(case when has_plus then 1 end) as plus_sales,
        count(case when has_plus and channel = 'paid' then 1 end) as paid_plus_sales,
        count(case when has_plus and channel = 'organic' then 1 end) as organic_plus_sales,
        count(case when has_plus and channel = 'other' then 1 end) as other_plus_sales,
        count(case when has_plus and order_total > 0 then 1 end) as nonzero_plus_sales,
        count(case when has_plus and currency = '{{ var('funnel_currency') }}' then 1 end) as plus_sales_in_currency,
        count(case when has_plus and order_total > 0 and currency = '{{ var('funnel_currency') }}' then 1 end)
            as nonzero_plus_sales_in_currency,
        {{ ledgerline.in_funnel_currency('case when has_plus then order_total end') }} as plus_revenue_amount,
        sum(extra_journals) as extra_journals,
        sum(extra_shipping) as extra_shipping,
        count(case when has_trial then 1 end) as trial_sales,
        count(case when is_high_ticket then 1 end) as high_ticket_sales,
        {{ ledgerline.in_funnel_currency('case when is_high_ticket then order_total end') }} as high_ticket_amount
    from {{ ref('int_orders_settled') }}
    where is_counted
    group by organization_id, purchase_date

),

ads as (

    select
        organization_id,
        date,
        {{ ledgerline.in_funnel_currency("case when platform = 'meta' then spend end", 'spend_currency') }}
            as meta_spend_amount,
        {{ ledgerline.in_funnel_currency("case when platform = 'google' then spend end", 'spend_currency') }}
            as google_spend_amount,
        {{ ledgerline.in_funnel_currency(
            "case when platform = 'meta' and campaign_type in ('sales', 'leads') then spend end", 'spend_currency'
        ) }} as lead_sales_spend_amount
    from {{ ref('int_ads_classified') }}
    group by organization_id, date

),

renewals as (

    select
        organization_id,
        local_date as date,
        {{ ledgerline.in_funnel_currency('amount') }} as renewal_revenue_amount
    from {{ ref('int_renewals_found') }}
    group by organization_id, local_date

),

first_clicks as (

    select
        organization_id,
        contact_id,
        {{ ledgerline.local_date('min(first_at)', ledgerline.reporting_zone()) }} as date
    from {{ ref('int_contact_signals_found') }}
    where rule = 'welcome_click'
    group by organization_id, contact_id

),

clicks as (

    select
        organization_id,
        date,
        count(*) as welcome_clicks
    from first_clicks
    group by organization_id, date

),

changes as (

    select
        organization_id,
        changed_date as date,
        {{ ledgerline.in_funnel_currency('sold_delta_amount') }} as gross_sales_amount
    from {{ ref('int_order_changes_found') }}
    group by organization_id, changed_date

),

dated_refunds as (

    select
        *,
        {{ ledgerline.local_date('refunded_at', ledgerline.reporting_zone()) }} as date
    from {{ ref('int_refunds_found') }}

),

refunds as (

    select
        organization_id,
        date,
        {{ ledgerline.in_funnel_currency('amount') }} as refund_amount
    from dated_refunds
    group by organization_id, date

),

final as (

    select
        days.organization_id,
        days.date,
        days.first_date,
        {{ ledgerline.filled_measures(ledgerline.funnel_counts(), 'bigint') }},
        {{ ledgerline.filled_measures(ledgerline.funnel_amounts(), 'decimal(18, 2)') }},
        {{ ledgerline.filled_measures(ledgerline.funnel_divisors(), 'bigint') }}
    from days
    inner join delivered
        on days.organization_id = delivered.organization_id
    left join leads
        on days.organization_id = leads.organization_id and days.date = leads.date
    left join orders
        on days.organization_id = orders.organization_id and days.date = orders.date
    left join renewals
        on days.organization_id = renewals.organization_id and days.date = renewals.date
    left join ads
        on days.organization_id = ads.organization_id and days.date = ads.date
    left join clicks
        on days.organization_id = clicks.organization_id and days.date = clicks.date
    left join changes
        on days.organization_id = changes.organization_id and days.date = changes.date
    left join refunds
        on days.organization_id = refunds.organization_id and days.date = refunds.date

)

select * from final
