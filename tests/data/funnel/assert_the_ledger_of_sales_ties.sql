-- What changed in an order sums to what it counts for now; a day's latest report is its counted orders now; and net sales
-- are what was sold, given back or not, less refunds. Returns what does not tie, with both sums.
with

orders as (

    select * from {{ ref('orders') }}

),

changes as (

    select * from {{ ref('order_status_changes') }}

),

order_changes as (

    select
        organization_id,
        order_id,
        sum(revenue_delta_amount) as counted_total
    from changes
    group by organization_id, order_id

),

order_refunds as (

    select
        organization_id,
        order_id,
        sum(amount) as amount
    from {{ ref('refunds') }}
    group by organization_id, order_id

),

days as (

    select
        organization_id,
        purchase_date,
        count(case when is_counted then 1 end) as orders,
        coalesce(
            sum(case when is_counted and currency = '{{ var('funnel_currency') }}' then order_total end), 0
        ) as revenue_amount
    from orders
    group by organization_id, purchase_date

),

latest as (

    select * from {{ ref('sales_restatements') }}
    where is_latest

),

net_sales as (

    select
        organization_id,
        sum(net_sales_amount) as net_sales_amount
    from {{ ref('funnel_kpis_daily') }}
    group by organization_id

),

expected_net_sales as (

    select
        orders.organization_id,
        sum(
            case
                when orders.is_counted or (orders.billing_status in ('refunded', 'disputed') and not orders.is_test)
                    then coalesce(orders.order_total, 0)
                else 0
            end
            - coalesce(order_refunds.amount, 0)
        ) as net_sales_amount
    from orders
    left join order_refunds
        on orders.organization_id = order_refunds.organization_id and orders.id = order_refunds.order_id
    where orders.currency = '{{ var('funnel_currency') }}'
    group by orders.organization_id

)

select
    orders.organization_id,
    'order ' || cast(orders.id as varchar) as what,
    case when orders.is_counted then orders.order_total else 0 end as expected,
    order_changes.counted_total as found
from orders
left join order_changes
    on orders.organization_id = order_changes.organization_id and orders.id = order_changes.order_id
where
    order_changes.order_id is null
    or coalesce(case when orders.is_counted then orders.order_total end, 0) <> coalesce(order_changes.counted_total, 0)

union all

select
    days.organization_id,
    'sales of ' || cast(days.purchase_date as varchar) as what,
    days.revenue_amount as expected,
    latest.revenue_amount as found
from days
left join latest
    on days.organization_id = latest.organization_id and days.purchase_date = latest.purchase_date
where
    latest.purchase_date is null
    or days.orders <> latest.orders
    or days.revenue_amount <> latest.revenue_amount

union all

select
    net_sales.organization_id,
    'net sales' as what,
    expected_net_sales.net_sales_amount as expected,
    net_sales.net_sales_amount as found
from net_sales
inner join expected_net_sales
    on net_sales.organization_id = expected_net_sales.organization_id
where net_sales.net_sales_amount <> expected_net_sales.net_sales_amount
