-- An order's ledger is its gross less what was given back and what the platform kept. A failure means that the two were
-- read from different versions of it. Returns the order with both sums.
with

ledger as (

    select
        order_key,
        sum(amount) as amount
    from {{ ref('event_money_ledger') }}
    group by order_key

)

select
    coalesce(orders.order_key, ledger.order_key) as order_key,
    orders.net_amount,
    ledger.amount
from {{ ref('ticket_orders') }} as orders
full outer join ledger on orders.order_key = ledger.order_key
where
    coalesce(orders.net_amount, 0) <> coalesce(ledger.amount, 0)
    or orders.order_key is null
