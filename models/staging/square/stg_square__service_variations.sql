{%- set own_keys = [
    'item_variation_data.item_id', 'item_variation_data.name', 'item_variation_data.service_duration'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'catalog')) }}

),

-- A variation stands in its item, or as an object of its own; either may be the later.
items as (

    select
        organization_id,
        object_id as item_id,
        ({{ ledgerline.json_texts('payload', ['item_data.name', 'item_data.product_type', 'type']) }}) as item_texts,
        {{ ledgerline.json_elements('payload', 'item_data.variations') }} as variations,
        object_version,
        updated_at,
        is_tombstone,
        content_hash
    from versions

),

latest_items as (

    select
        organization_id,
        item_id,
        item_texts,
        row_number() over (
            partition by organization_id, item_id
            order by
                case when item_texts[1] is null then 1 else 0 end, object_version desc, updated_at desc nulls last,
                content_hash desc
        ) as item_rank
    from items
    where item_texts[3] = 'ITEM'

),

nested as (

    select
        organization_id,
        item_id,
        unnest(variations) as variation,
        object_version as item_version,
        updated_at as item_updated_at,
        content_hash
    from items
    where item_texts[3] = 'ITEM'

),

variations as (

    select
        organization_id,
        ({{ ledgerline.json_texts('variation', ['id']) }})[1] as service_variation_id,
        item_id as parent_item_id,
        {{ ledgerline.json_texts('variation', own_keys) }} as texts,
        coalesce(
            cast(({{ ledgerline.json_texts('variation', ['version']) }})[1] as bigint), item_version
        ) as variation_version,
        coalesce(
            cast(({{ ledgerline.json_texts('variation', ['updated_at']) }})[1] as timestamptz), item_updated_at
        ) as updated_at,
        content_hash
    from nested

    union all

    select
        organization_id,
        object_id as service_variation_id,
        cast(null as varchar) as parent_item_id,
        {{ ledgerline.json_texts('payload', own_keys) }} as texts,
        object_version as variation_version,
        updated_at,
        content_hash
    from versions
    where ({{ ledgerline.json_texts('payload', ['type']) }})[1] = 'ITEM_VARIATION'

),

-- A deleted variation keeps the last data that it had.
ranked as (

    select
        *,
        coalesce(parent_item_id, texts[1]) as item_id,
        row_number() over (
            partition by organization_id, service_variation_id
            order by
                case when texts[1] is null and texts[2] is null then 1 else 0 end,
                variation_version desc, updated_at desc nulls last, content_hash desc
        ) as variation_rank
    from variations
    where service_variation_id is not null

),

-- A name or a type comes from another object, so any that landed may have changed any variation.
landed as (

    select max(_landed_run) as landed_run
    from versions

),

final as (

    select
        -- ids
        ranked.organization_id,
        ranked.service_variation_id,
        ranked.item_id,

        -- texts
        nullif({{ ledgerline.trimmed('latest_items.item_texts[1]') }}, '') as service_name,
        ranked.texts[2] as variation_name,
        latest_items.item_texts[2] as product_type,

        -- numerics
        {{ ledgerline.divide_integers('cast(ranked.texts[3] as bigint)', '60000') }} as duration_minutes,

        -- provenance
        landed.landed_run

    from ranked
    cross join landed
    left join latest_items
        on
            ranked.organization_id = latest_items.organization_id
            and ranked.item_id = latest_items.item_id
            and latest_items.item_rank = 1
    where ranked.variation_rank = 1

)

select * from final
