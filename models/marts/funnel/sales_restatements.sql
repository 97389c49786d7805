with

orders as (

    select * from {{ ref('int_orders_settled') }}

),

changes as (

    select * from {{ ref('int_order_changes_found') }}

),

deltas as (

    select
        orders.organization_id,
        orders.purchase_date,
        greatest(changes.changed_date, orders.purchase_date) as reported_date,
        sum(
            case when changes.is_counted then 1 else 0 end - case when changes.was_counted then 1 else 0 end
        ) as orders_delta,
        {{ ledgerline.in_funnel_currency('changes.revenue_delta_amount', 'changes.currency') }} as revenue_delta_amount
    from orders
    inner join changes
        on orders.organization_id = changes.organization_id and orders.order_id = changes.order_id
    group by orders.organization_id, orders.purchase_date, greatest(changes.changed_date, orders.purchase_date)

),

-- The day itself is reported, whatever happened on it.
reported as (

    select
        organization_id,
        purchase_date,
        reported_date,
        orders_delta,
        revenue_delta_amount
    from deltas
    union all
    select distinct
        organization_id,
        purchase_date,
        purchase_date as reported_date,
        0 as orders_delta,
        0.00 as revenue_delta_amount
    from orders

),

daily as (

    select
        organization_id,
        purchase_date,
        reported_date,
        sum(orders_delta) as orders_delta,
        sum(revenue_delta_amount) as revenue_delta_amount
    from reported
    group by organization_id, purchase_date, reported_date
    having sum(orders_delta) <> 0 or sum(revenue_delta_amount) <> 0 or reported_date = purchase_date

),

final as (

    select
        -- ids
        organization_id,
        purchase_date,
        reported_date,

        -- numerics
        cast(sum(orders_delta) over so_far as bigint) as orders,
        cast(sum(revenue_delta_amount) over so_far as decimal(18, 2)) as revenue_amount,
        cast(orders_delta as bigint) as orders_delta,
        cast(revenue_delta_amount as decimal(18, 2)) as revenue_delta_amount,

        -- booleans
        lead(reported_date) over so_far is null as is_latest

    from daily
    window so_far as (partition by organization_id, purchase_date order by reported_date)

)

select * from final
