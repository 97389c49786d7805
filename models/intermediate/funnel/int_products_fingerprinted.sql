-- What orders are told of products, as one number: all items are valued anew when it changes.
with

products as (

    select * from {{ ref('int_products_resolved') }}

),

product_names as (

    select * from {{ ref('int_product_names_resolved') }}

),

lines as (

    select
        organization_id || '|' || cast(clickfunnels_product_id as varchar) || '|' || cast(product_id as varchar)
        || '|' || coalesce(role, '') as line
    from products
    where clickfunnels_product_id is not null

    union all

    select
        organization_id || '|' || cast(product_id as varchar) || '|' || coalesce(role, '') || '|' || product_name
            as line
    from product_names

),

final as (

    select
        {{ ledgerline.hash_number(
            "coalesce(string_agg(line, chr(10) order by " ~ ledgerline.by_bytes('line') ~ "), '')"
        ) }} as products_fingerprint
    from lines

)

select * from final
