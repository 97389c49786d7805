-- One row per order with all that follows from it.
{{ config(materialized='kept', work='int_orders_linked', fingerprint='settled_fingerprint') }}

with

links as (select * from {{ ref('int_orders_linked') }}),

final as (

    select
        links.settled_fingerprint,
        orders.organization_id,
        orders.order_id,
        orders.order_source,
        orders.source_order_id,
        links.contact_id,
        orders.clickfunnels_order_id,
        orders.clickfunnels_order_number,
        orders.order_total,
        orders.currency,
        orders.is_currency_assumed,
        orders.created_at,
        orders.purchase_date,
        orders.updated_at,
        orders.billing_status,
        orders.is_status_unknown,
        links.channel,
        orders.funnel_name,
        orders.funnel_id,
        orders.funnel_public_id,
        orders.page,
        orders.page_id,
        orders.page_public_id,
        {{ ledgerline.columns_of('orders', ledgerline.address_names()) }},
        orders.is_test,
        orders.is_deleted,
        orders.is_counted,
        links.is_high_ticket,
        links.refunded_amount,
        links.net_amount,
        links.has_plus,
        links.has_trial,
        links.extra_journals,
        links.extra_shipping,
        {{ ledgerline.touch_columns('links.touch') }}
    from {{ ref('int_orders_deduped') }} as orders
    inner join links on orders.order_fingerprint = links.order_fingerprint

)

select * from final
