-- Everything that names a product, up to the as-of: the catalogue, webhooks about it, and the items of orders.
with

catalogue as (

    select * from {{ ref('stg_clickfunnels__products') }}
    where coalesce(updated_at, created_at) <= {{ ledgerline.as_of_instant() }} or created_at is null

),

webhook_texts as (

    {{ ledgerline.webhook_texts('products', ['name', 'description', 'archived', 'created_at', 'updated_at']) }}

),

items as (

    select * from {{ ref('int_order_items_unnested') }}

),

final as (

    select
        organization_id,
        clickfunnels_product_id,
        product_name,
        description,
        keap_product_id,
        is_archived,
        created_at,
        coalesce(updated_at, created_at) as told_at,
        1 as source_rank,
        landed_run,
        source_file,
        source_row
    from catalogue

    union all

    select
        organization_id,
        cast(object_id as bigint) as clickfunnels_product_id,
        {{ ledgerline.told('texts[1]') }} as product_name,
        {{ ledgerline.told('texts[2]') }} as description,
        cast(null as bigint) as keap_product_id,
        coalesce(lower(texts[3]) = 'true', false) as is_archived,
        {{ ledgerline.instant_or_day("nullif(texts[4], '')") }} as created_at,
        coalesce({{ ledgerline.instant_or_day("nullif(texts[5], '')") }}, event_at) as told_at,
        1 as source_rank,
        landed_run,
        source_file,
        source_row
    from webhook_texts
    where event_at <= {{ ledgerline.as_of_instant() }}

    union all

    select
        organization_id,
        clickfunnels_product_id,
        product_name,
        cast(null as varchar) as description,
        cast(null as bigint) as keap_product_id,
        cast(null as boolean) as is_archived,
        min(created_at) as created_at,
        max(created_at) as told_at,
        2 as source_rank,
        cast(null as bigint) as landed_run,
        '' as source_file,
        0 as source_row
    from items
    where clickfunnels_product_id is not null
    group by organization_id, clickfunnels_product_id, product_name

)

select * from final
