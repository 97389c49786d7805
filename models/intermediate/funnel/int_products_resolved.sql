-- One row per product: the catalogue, and what was only ever seen in an order. A product's role goes by its id, else by
-- any name it ever carried.
with

versions as (

    select * from {{ ref('int_product_versions_unioned') }}

),

items as (

    select * from {{ ref('int_order_items_unnested') }}

),

roles as (

    select * from {{ ref('stg_settings__funnel_product_roles') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, clickfunnels_product_id
            order by
                source_rank,
                told_at desc nulls last,
                landed_run desc nulls last,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc,
                {{ ledgerline.by_bytes('product_name') }}
        ) as telling_rank
    from versions

),

numbered_products as (

    select
        organization_id,
        'id:' || cast(clickfunnels_product_id as varchar) as product_key,
        clickfunnels_product_id,
        {{ ledgerline.newest_known('product_name', 'telling_rank') }} as product_name,
        {{ ledgerline.newest_known('description', 'telling_rank') }} as description,
        {{ ledgerline.newest_known('keap_product_id', 'telling_rank') }} as keap_product_id,
        coalesce({{ ledgerline.newest_known('is_archived', 'telling_rank') }}, false) as is_archived,
        coalesce(
            min(case when source_rank = 1 then created_at end), min(created_at)
        ) as created_at
    from ranked
    group by organization_id, clickfunnels_product_id

),

names as (

    select distinct
        organization_id,
        clickfunnels_product_id,
        {{ ledgerline.plain_word('product_name') }} as product_name
    from versions
    where product_name is not null

),

-- The second checkout names products without our ids.
unnumbered_products as (

    select
        items.organization_id,
        'name:' || min({{ ledgerline.by_bytes('lower(' ~ ledgerline.trimmed('items.product_name') ~ ')') }})
            as product_key,
        cast(null as bigint) as clickfunnels_product_id,
        min({{ ledgerline.by_bytes('items.product_name') }}) as product_name,
        cast(null as varchar) as description,
        cast(null as bigint) as keap_product_id,
        false as is_archived,
        min(items.created_at) as created_at
    from items
    left join names
        on
            items.organization_id = names.organization_id
            and {{ ledgerline.plain_word('items.product_name') }} = names.product_name
    where items.clickfunnels_product_id is null and items.product_name is not null and names.product_name is null
    group by items.organization_id, {{ ledgerline.plain_word('items.product_name') }}

),

products as (

    select * from numbered_products
    union all
    select * from unnumbered_products

),

every_name as (

    select
        organization_id,
        product_key,
        {{ ledgerline.plain_word('product_name') }} as product_name
    from unnumbered_products
    union all
    select
        organization_id,
        'id:' || cast(clickfunnels_product_id as varchar) as product_key,
        product_name
    from names

),

named_roles as (

    select
        every_name.organization_id,
        every_name.product_key,
        min(roles.role) as role
    from every_name
    inner join roles
        on roles.match_on = 'name' and every_name.product_name = {{ ledgerline.plain_word('roles.match_value') }}
    group by every_name.organization_id, every_name.product_key

),

final as (

    select
        products.organization_id,
        {{ ledgerline.hash_number("concat_ws('|', products.organization_id, products.product_key)") }} as product_id,
        products.product_key,
        products.clickfunnels_product_id,
        products.product_name,
        products.description,
        products.keap_product_id,
        products.is_archived,
        products.created_at,
        coalesce(id_roles.role, named_roles.role) as role
    from products
    left join roles as id_roles
        on
            id_roles.match_on = 'product_id'
            and cast(products.clickfunnels_product_id as varchar) = id_roles.match_value
    left join named_roles
        on
            products.organization_id = named_roles.organization_id
            and products.product_key = named_roles.product_key

)

select * from final
