-- The items of each order with their product, its role, and what the line costs. A line without a quantity counts 1.
{{ config(
    materialized='kept', work='int_orders_fingerprinted', fingerprint='order_fingerprint',
    invalidated_by={'int_products_fingerprinted': 'products_fingerprint'}
) }}
with

order_fingerprints as (select * from {{ ref('int_orders_fingerprinted') }}),

items as (

    select items.*
    from {{ ref('int_order_items_unnested') }} as items
    inner join order_fingerprints on items.order_fingerprint = order_fingerprints.order_fingerprint

),

orders as (

    select * from {{ ref('int_orders_deduped') }}

),

products as (

    select * from {{ ref('int_products_resolved') }}

),

product_names as (

    select * from {{ ref('int_product_names_resolved') }}

),

products_now as (

    select * from {{ ref('int_products_fingerprinted') }}

),

final as (

    select
        orders.order_fingerprint,
        products_now.products_fingerprint,
        orders.organization_id,
        {{ ledgerline.hash_number(
            "concat_ws('|', orders.organization_id, orders.order_source, orders.source_order_id,"
            ~ " items.source_line_item_id)"
        ) }} as order_item_id,
        orders.order_id,
        orders.created_at,
        orders.is_counted,
        items.source_line_item_id,
        coalesce(products.product_id, product_names.product_id) as product_id,
        coalesce(products.role, product_names.role) as product_role,
        items.product_name,
        items.variant_id,
        items.quantity,
        items.amount,
        coalesce(items.currency, orders.currency) as currency,
        cast(items.amount * coalesce(items.quantity, 1) as decimal(18, 2)) as line_total_amount
    from items
    inner join orders
        on items.order_fingerprint = orders.order_fingerprint
    cross join products_now
    left join products
        on
            items.organization_id = products.organization_id
            and items.clickfunnels_product_id = products.clickfunnels_product_id
    left join product_names
        on
            items.clickfunnels_product_id is null
            and items.organization_id = product_names.organization_id
            and {{ ledgerline.plain_word('items.product_name') }} = product_names.product_name

)

select * from final
