with

items as (

    select * from {{ ref('int_order_items_valued') }}

),

final as (

    select
        -- ids
        organization_id,
        order_item_id as id,

        -- timestamps
        created_at,

        -- ids
        order_id,
        product_id,

        -- numerics
        quantity,
        amount,
        currency,

        -- ids of the source
        source_line_item_id,
        variant_id,

        -- texts
        product_role,

        -- booleans
        is_counted,

        -- numerics
        line_total_amount

    from items

)

select * from final
