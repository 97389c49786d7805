with

products as (

    select * from {{ ref('int_products_resolved') }}

),

final as (

    select
        -- ids
        organization_id,
        product_id as id,

        -- timestamps
        created_at,

        -- texts
        product_name,
        clickfunnels_product_id,
        keap_product_id,
        description,
        role,

        -- booleans
        is_archived

    from products

)

select * from final
