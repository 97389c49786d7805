{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_orders_settled') }}
    where is_high_ticket

),

items as (

    select
        order_items.order_id,
        string_agg(
            distinct {{ ledgerline.by_bytes('order_items.product_name') }},
            ', ' order by {{ ledgerline.by_bytes('order_items.product_name') }}
        ) as product_names
    from {{ ref('int_order_items_valued') }} as order_items
    inner join orders on order_items.order_id = orders.order_id
    group by order_items.order_id

),

leads as (

    select * from {{ ref('int_leads_classified') }}

),

touches as (

    select * from {{ ref('int_lead_touches_chosen') }}

),

final as (

    select
        -- ids
        orders.organization_id,
        orders.order_id,
        orders.contact_id,

        -- timestamps
        orders.purchase_date,
        orders.created_at,

        -- numerics
        cast(orders.order_total as decimal(18, 2)) as order_total,
        orders.currency,

        -- texts
        orders.channel,
        cast(items.product_names as varchar) as product_names,

        -- the lead behind it
        leads.lead_at,
        leads.lead_channel,
        case
            when leads.lead_at <= orders.created_at
                then {{ ledgerline.days_between('leads.lead_date', 'orders.purchase_date') }}
        end as days_from_lead_to_sale,
        touches.last_utm_source as utm_source,
        touches.last_utm_medium as utm_medium,
        touches.last_utm_campaign as utm_campaign,
        touches.last_utm_content as utm_content,
        touches.last_utm_term as utm_term

    from orders
    left join items
        on orders.order_id = items.order_id
    left join leads
        on orders.organization_id = leads.organization_id and orders.contact_id = leads.contact_id
    left join touches
        on orders.organization_id = touches.organization_id and orders.contact_id = touches.contact_id

)

select * from final
