with

days as (

    select * from {{ ref('int_funnel_days_summed') }}

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
        and campaign_type in (select campaign_type from {{ ref('funnel_campaign_types') }} union all select 'other')
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

{% set checks = [
    ('meta_spend_by_type', 'days.meta_spend_amount', 'ads.meta_spend'),
    ('google_spend_by_type', 'days.google_spend_amount', 'ads.google_spend'),
    ('leads_by_channel', 'days.leads', 'channels.leads'),
    ('plus_sales_by_channel', 'days.plus_sales', 'channels.plus_sales'),
    ('revenue_by_channel', 'days.revenue_amount', 'channels.revenue_amount'),
    ('other_currency_revenue', '0', 'orders.other_currency_revenue'),
    ('unknown_status_orders', '0', 'orders.unknown_status_orders'),
    ('items_vs_orders', 'days.revenue_amount', 'items.line_total_amount'),
] -%}

checked as (

    {% for check_name, expected, actual in checks -%}
        select
            days.organization_id,
            days.date,
            '{{ check_name }}' as check_name,
            cast({{ expected }} as decimal(18, 2)) as expected_amount,
            cast(coalesce({{ actual }}, 0) as decimal(18, 2)) as actual_amount
        from days
        left join {{ actual.split('.')[0] }}
            on
                days.organization_id = {{ actual.split('.')[0] }}.organization_id
                and days.date = {{ actual.split('.')[0] }}.date
        {{ 'union all' if not loop.last }}
    {% endfor %}
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
