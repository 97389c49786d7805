-- One row per order with all that follows from it.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_orders_linked'), 'settled_fingerprint') }}"
) }}

with

changed_orders as (

    {{ ledgerline.not_kept(ref('int_orders_linked'), 'settled_fingerprint') }}

),

final as (

    select
        changed_orders.settled_fingerprint,
        orders.organization_id,
        orders.order_id,
        orders.order_source,
        orders.source_order_id,
        changed_orders.contact_id,
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
        changed_orders.channel,
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
        changed_orders.is_high_ticket,
        changed_orders.refunded_amount,
        changed_orders.net_amount,
        changed_orders.has_plus,
        changed_orders.has_trial,
        changed_orders.extra_journals,
        changed_orders.extra_shipping,
        {{ ledgerline.touch_columns('changed_orders.touch') }}
    from {{ ref('int_orders_deduped') }} as orders
    inner join changed_orders on orders.order_fingerprint = changed_orders.order_fingerprint

)

select * from final
