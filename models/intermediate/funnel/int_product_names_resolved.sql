-- Which product a name means: of several that ever carried it, the one that does now, and is still sold.
with

versions as (

    select * from {{ ref('int_product_versions_unioned') }}

),

products as (

    select * from {{ ref('int_products_resolved') }}

),

names as (

    select distinct
        organization_id,
        clickfunnels_product_id,
        {{ ledgerline.plain_word('product_name') }} as product_name
    from versions
    where product_name is not null

),

named as (

    select
        products.organization_id,
        names.product_name,
        products.product_id,
        products.role,
        products.clickfunnels_product_id,
        products.is_archived,
        names.product_name = {{ ledgerline.plain_word('products.product_name') }} as is_current_name
    from names
    inner join products
        on
            names.organization_id = products.organization_id
            and names.clickfunnels_product_id = products.clickfunnels_product_id

    union all

    select
        organization_id,
        {{ ledgerline.plain_word('product_name') }} as product_name,
        product_id,
        role,
        clickfunnels_product_id,
        is_archived,
        true as is_current_name
    from products
    where clickfunnels_product_id is null

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, product_name
            order by is_current_name desc, is_archived asc, clickfunnels_product_id asc
        ) as name_rank
    from named

),

final as (

    select
        organization_id,
        product_name,
        product_id,
        role
    from ranked
    where name_rank = 1

)

select * from final
