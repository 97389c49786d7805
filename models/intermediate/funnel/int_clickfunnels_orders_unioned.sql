-- Every version of an order of ClickFunnels up to the as-of. `observed_at`: when one was landed that does not say since
-- when it is true.
{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_clickfunnels_orders_read') }}

),

final as (

    select
        *,
        {{ ledgerline.observed_at('coalesce(updated_at, event_at)') }} as observed_at
    from orders
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

)

select * from final
