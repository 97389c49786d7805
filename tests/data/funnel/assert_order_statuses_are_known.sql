{{ config(severity='warn') }}

-- A warning, since the order is kept and only does not count: a status that `funnel_order_statuses` does not have. Add it
-- there, and say whether it counts. Returns each with its number of orders.
select
    organization_id,
    order_source,
    billing_status,
    count(*) as orders
from {{ ref('int_orders_settled') }}
where is_status_unknown
group by organization_id, order_source, billing_status
