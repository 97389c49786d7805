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
        {{ ledgerline.json_elements('tenders') }} as elements,
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
        'id': 'id',
        'payment_id': 'payment_id',
        'type': 'type'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        order_id,
        coalesce(nullif(payment_id, ''), id) as payment_id,

        -- texts
        type as tender_type,

        -- provenance
        landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
