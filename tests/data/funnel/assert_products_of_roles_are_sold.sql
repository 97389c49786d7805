{{ config(severity='warn') }}

-- A warning, since a funnel may not have opened yet: rows of `funnel_product_roles` that no product of any organization
-- meets, so that nothing counts as theirs. Returns those rows.
with

products as (

    select * from {{ ref('int_product_versions_unioned') }}

),

names as (

    select {{ ledgerline.plain_word('product_name') }} as product_name from products
    union
    select {{ ledgerline.plain_word('product_name') }} as product_name from {{ ref('int_order_items_unnested') }}

)

select
    roles.match_on,
    roles.match_value,
    roles.role
from {{ ref('stg_settings__funnel_product_roles') }} as roles
where
    exists (select 1 from products)
    and (
        (
            roles.match_on = 'name'
            and {{ ledgerline.plain_word('roles.match_value') }} not in (
                select product_name from names
                where product_name is not null
            )
        )
        or (
            roles.match_on = 'product_id'
            and roles.match_value not in (
                select cast(clickfunnels_product_id as varchar) from products
                where clickfunnels_product_id is not null
            )
        )
    )
