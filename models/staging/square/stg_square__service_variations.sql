with

versions as (

    {{ ledgerline.square_versions(source('square', 'catalog')) }}

),

-- A variation stands in its item, or as an object of its own; either may be the later.
items as (

    {{ ledgerline.json_read('versions', 'payload', {
        'object_type': 'type',
        'item_name': 'item_data.name',
        'product_type': 'item_data.product_type',
        'own_item_id': 'item_variation_data.item_id',
        'variation_name': 'item_variation_data.name',
        'service_duration': 'item_variation_data.service_duration'
    }) }}

),

latest_items as (

    select
        organization_id,
        object_id as item_id,
        item_name,
        product_type,
        row_number() over (
            partition by organization_id, object_id
            order by
                case when item_name is null then 1 else 0 end, object_version desc, updated_at desc nulls last,
                content_hash desc
        ) as item_rank
    from items
    where object_type = 'ITEM'

),

nested as (

    select
        organization_id,
        object_id as parent_item_id,
        unnest({{ ledgerline.json_elements('payload', 'item_data.variations') }}) as variation,
        object_version as item_version,
        updated_at as item_updated_at,
        content_hash
    from items
    where object_type = 'ITEM'

),

nested_read as (

    {{ ledgerline.json_read('nested', 'variation', {
        'service_variation_id': 'id',
        'own_item_id': 'item_variation_data.item_id',
        'variation_name': 'item_variation_data.name',
        'service_duration': 'item_variation_data.service_duration',
        'own_version': 'version',
        'own_updated_at': 'updated_at'
    }) }}

),

variations as (

    select
        organization_id,
        service_variation_id,
        parent_item_id,
        own_item_id,
        variation_name,
        service_duration,
        coalesce(cast(own_version as bigint), item_version) as variation_version,
        coalesce(cast(own_updated_at as timestamptz), item_updated_at) as updated_at,
        content_hash
    from nested_read

    union all

    select
        organization_id,
        object_id as service_variation_id,
        cast(null as varchar) as parent_item_id,
        own_item_id,
        variation_name,
        service_duration,
        object_version as variation_version,
        updated_at,
        content_hash
    from items
    where object_type = 'ITEM_VARIATION'

),

-- A deleted variation keeps the last data that it had.
ranked as (

    select
        *,
        coalesce(parent_item_id, own_item_id) as item_id,
        row_number() over (
            partition by organization_id, service_variation_id
            order by
                case when own_item_id is null and variation_name is null then 1 else 0 end,
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
        nullif({{ ledgerline.trimmed('latest_items.item_name') }}, '') as service_name,
        ranked.variation_name,
        latest_items.product_type,

        -- numerics
        {{ ledgerline.divide_integers('cast(ranked.service_duration as bigint)', '60000') }} as duration_minutes,

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
