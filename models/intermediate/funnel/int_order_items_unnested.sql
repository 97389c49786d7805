-- The items of each order, as its newest version that lists any says; an empty list wins only where it is later.
{{ config(materialized='kept', work='int_orders_fingerprinted', fingerprint='order_fingerprint') }}

with

order_fingerprints as (select * from {{ ref('int_orders_fingerprinted') }}),

new_versions as (

    select versions.*
    from {{ ref('int_order_versions_unioned') }} as versions
    inner join order_fingerprints on versions.order_fingerprint = order_fingerprints.order_fingerprint
    where versions.line_items is not null

),

listed as (

    select
        *,
        replace(line_items, ' ', '') = '[]' as is_empty
    from new_versions

),

-- An export has names alone: of an order whose items somebody else tells it says nothing.
told as (

    select
        *,
        max(case when input <> 'export' and not is_empty then 1 else 0 end) over (partition by order_fingerprint) = 1
            as is_told_by_others
    from listed

),

ranked as (

    select
        *,
        max(case when is_empty then changed_at end) over (partition by order_fingerprint) as emptied_at,
        row_number() over (
            partition by order_fingerprint, is_empty
            order by version_rank
        ) as list_rank
    from told
    where input <> 'export' or not is_told_by_others

),

chosen as (

    select * from ranked
    where not is_empty and list_rank = 1 and (emptied_at is null or emptied_at <= changed_at)

),

elements as (

    select
        order_fingerprint,
        organization_id,
        order_source,
        source_order_id,
        created_at,
        unnest({{ ledgerline.json_elements('line_items') }}) as element,
        generate_subscripts({{ ledgerline.json_elements('line_items') }}, 1) as item_number
    from chosen

),

texts as (

    select
        *,
        {{ ledgerline.json_texts('element', [
            'id', 'original_product.id', 'original_product.name', 'quantity', 'products_price.amount',
            'products_price.currency', 'products_variant.id', 'product_id', 'variant_id',
        ]) }} as api_texts,
        {{ ledgerline.json_texts('element', ['order_item_id', 'name', 'amount']) }} as spiffy_texts
    from elements

),

read as (

    select
        order_fingerprint,
        organization_id,
        order_source,
        source_order_id,
        created_at,
        item_number,
        coalesce({{ ledgerline.told('api_texts[1]') }}, {{ ledgerline.told('spiffy_texts[1]') }}) as listed_item_id,
        case
            when order_source = 'ClickFunnels'
                then coalesce(cast(api_texts[2] as bigint), cast(api_texts[8] as bigint))
        end as clickfunnels_product_id,
        case
            when order_source = 'ClickFunnels' then {{ ledgerline.told('api_texts[3]') }}
            else {{ ledgerline.told('spiffy_texts[2]') }}
        end as product_name,
        cast(api_texts[4] as bigint) as quantity,
        case
            when order_source = 'ClickFunnels' then cast(api_texts[5] as decimal(18, 2))
            else cast(cast(spiffy_texts[3] as bigint) * 0.01 as decimal(18, 2))
        end as amount,
        upper({{ ledgerline.told('api_texts[6]') }}) as currency,
        case
            when order_source = 'ClickFunnels'
                then coalesce(cast(api_texts[7] as bigint), cast(api_texts[9] as bigint))
        end as variant_id
    from texts

),

-- Two items of one id, or without one, are two items all the same.
final as (

    select
        *,
        coalesce(listed_item_id, 'item ' || cast(item_number as varchar))
        || case
            when row_number() over item_ids > 1 then ' #' || cast(row_number() over item_ids as varchar) else ''
        end as source_line_item_id
    from read
    window item_ids as (
        partition by order_fingerprint, listed_item_id order by item_number
    )

)

select * from final
