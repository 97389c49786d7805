{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_parts(ref('stg_square__orders'), 'order_id') }}"
) }}

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

    {{ ledgerline.json_read('elements', 'element', {
        'uid': 'uid',
        'name': 'name',
        'catalog_object_id': 'catalog_object_id',
        'item_type': 'item_type',
        'quantity': 'quantity',
        'total_money_amount': 'total_money.amount',
        'total_money_currency': 'total_money.currency'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        order_id,
        coalesce(nullif(uid, ''), cast(position as varchar)) as line_uid,
        cast(position as bigint) as line_index,
        catalog_object_id,

        -- texts
        name as line_name,
        item_type,
        total_money_currency as currency,

        -- numerics
        quantity,
        coalesce(cast(total_money_amount as bigint), 0) as total_cents,

        -- provenance
        landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
