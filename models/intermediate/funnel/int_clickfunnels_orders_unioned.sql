-- Every version of an order of ClickFunnels up to the as-of.
{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_clickfunnels_orders_read') }}

),

final as (

    select * from orders
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

)

select * from final
