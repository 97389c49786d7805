{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_parts(ref('stg_square__orders'), 'order_id') }}"
) }}

{%- set keys = [
    'uid', 'name', 'catalog_object_id', 'item_type', 'quantity', 'total_money.amount', 'total_money.currency'
] -%}

with

parents as (

    select
        organization_id,
        order_id,
        {{ ledgerline.json_elements('line_items') }} as elements,
        landed_run
    from {{ ref('stg_square__orders') }}
    where landed_run > {{ ledgerline.square_seen_run() }}

),

elements as (

    select
        organization_id,
        order_id,
        generate_subscripts(elements, 1) as position,
        unnest(elements) as element,
        landed_run
    from parents

),

read as (

    select
        *,
        {{ ledgerline.json_texts('element', keys) }} as texts
    from elements

),

final as (

    select
        -- ids
        organization_id,
        order_id,
        coalesce(nullif(texts[1], ''), cast(position as varchar)) as line_uid,
        cast(position as bigint) as line_index,
        texts[3] as catalog_object_id,

        -- texts
        texts[2] as line_name,
        texts[4] as item_type,
        texts[7] as currency,

        -- numerics
        texts[5] as quantity,
        coalesce(cast(texts[6] as bigint), 0) as total_cents,

        -- provenance
        landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
