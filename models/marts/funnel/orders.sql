with

orders as (

    select * from {{ ref('int_orders_settled') }}

),

final as (

    select
        -- ids
        organization_id,
        order_id as id,

        -- timestamps
        created_at,

        -- ids
        contact_id,
        clickfunnels_order_id,
        clickfunnels_order_number,

        -- numerics
        cast(order_total as decimal(18, 2)) as order_total,

        -- dates
        purchase_date,

        -- texts
        billing_status,
        order_source,
        funnel_name,
        funnel_id,
        funnel_public_id,
        page,
        page_id,
        page_public_id,
        {{ ledgerline.address_columns() }},
        source_order_id,
        currency,

        -- booleans
        is_currency_assumed,
        channel,
        is_test,
        is_deleted,
        is_counted,
        is_high_ticket,

        -- numerics
        refunded_amount,
        net_amount,

        -- texts
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,

        -- timestamps
        updated_at

    from orders

)

select * from final
