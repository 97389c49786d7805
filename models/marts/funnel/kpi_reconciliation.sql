with

days as (

    select * from {{ ref('int_funnel_days_summed') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

ads as (

    select
        organization_id,
        date,
        sum(case when platform = 'meta' then spend end) as meta_spend,
        sum(case when platform = 'google' then spend end) as google_spend
    from {{ ref('int_ads_classified') }}
    where
        spend_currency = '{{ var('funnel_currency') }}'
        and (
            campaign_type = 'other'
            or campaign_type in (
                select types.campaign_type from {{ ref('stg_settings__funnel_campaign_types') }} as types
            )
        )
    group by organization_id, date

),

channels as (

    select
        organization_id,
        date,
        sum(leads) as leads,
        sum(plus_sales) as plus_sales,
        sum(revenue_amount) as revenue_amount
    from {{ ref('channel_funnel_daily') }}
    group by organization_id, date

),

orders as (

    select
        organization_id,
        purchase_date as date,
        sum(case when is_counted and currency <> '{{ var('funnel_currency') }}' then order_total end)
            as other_currency_revenue,
        count(case when is_status_unknown and not is_test and not is_deleted then 1 end) as unknown_status_orders
    from {{ ref('int_orders_settled') }}
    group by organization_id, purchase_date

),

items as (

    select
        orders.organization_id,
        orders.purchase_date as date,
        sum(items.line_total_amount) as line_total_amount
    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_orders_settled') }} as orders
        on items.organization_id = orders.organization_id and items.order_id = orders.order_id
    where orders.is_counted and orders.currency = '{{ var('funnel_currency') }}'
    group by orders.organization_id, orders.purchase_date

),

renewals as (

    select
        organization_id,
        local_date as date,
        sum(case when currency = '{{ var('funnel_currency') }}' then amount end) as renewal_revenue,
        sum(case when currency <> '{{ var('funnel_currency') }}' then amount end) as other_currency_renewals
    from {{ ref('subscription_renewals') }}
    group by organization_id, local_date

),

checked as (

    {{ ledgerline.kpi_check(
        'meta_spend_by_type', 'days.meta_spend_amount', 'ads', 'meta_spend', 'has_meta'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'google_spend_by_type', 'days.google_spend_amount', 'ads', 'google_spend', 'has_google'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'leads_by_channel', 'days.leads', 'channels', 'leads', 'has_leads'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'plus_sales_by_channel', 'days.plus_sales', 'channels', 'plus_sales', 'has_roles'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'revenue_by_channel', 'days.revenue_amount', 'channels', 'revenue_amount', 'has_orders'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'renewal_revenue', 'days.renewal_revenue_amount', 'renewals', 'renewal_revenue', 'has_invoices'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'other_currency_revenue', '0', 'orders', 'other_currency_revenue', 'has_orders'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'other_currency_renewals', '0', 'renewals', 'other_currency_renewals', 'has_invoices'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'unknown_status_orders', '0', 'orders', 'unknown_status_orders', 'has_orders'
    ) }}
    union all
    {{ ledgerline.kpi_check(
        'items_vs_orders', 'days.revenue_amount', 'items', 'line_total_amount', 'has_item_amounts'
    ) }}

),

final as (

    select
        organization_id,
        date,
        check_name,
        expected_amount,
        actual_amount,
        cast(actual_amount - expected_amount as decimal(18, 2)) as difference_amount,
        actual_amount = expected_amount as is_ok
    from checked

)

select * from final
