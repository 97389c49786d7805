-- What each person bought that counts.
with

orders as (

    select * from {{ ref('int_orders_settled') }}
    where is_counted and contact_id is not null

),

final as (

    select
        organization_id,
        contact_id,
        min(case when has_plus then created_at end) as first_plus_at,
        {{ ledgerline.in_funnel_currency('order_total') }} as revenue_amount,
        {{ ledgerline.in_funnel_currency('case when is_high_ticket then order_total end') }} as high_ticket_amount
    from orders
    group by organization_id, contact_id

)

select * from final
