{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'orders')) }}"
) }}

{%- set keys = [
    'state',
    'customer_id',
    'location_id',
    'reference_id',
    'metadata.booking_id',
    'total_discount_money.amount',
    'total_discount_money.currency',
    'created_at',
    'closed_at',
    'line_items',
    'tenders'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'orders')) }}

),

-- Whatever a version named before may have to be counted anew when the object changes.
named_ids as (

    select
        organization_id,
        object_key,
        string_agg(distinct ({{ ledgerline.json_texts('payload', ['customer_id']) }})[1], chr(31)) as all_customer_ids,
        concat_ws(
            chr(31),
            string_agg(distinct ({{ ledgerline.json_texts('payload', ['reference_id']) }})[1], chr(31)),
            string_agg(distinct ({{ ledgerline.json_texts('payload', ['metadata.booking_id']) }})[1], chr(31))
        ) as all_booking_ids
    from several
    group by organization_id, object_key

),

latest as (

    {{ ledgerline.square_latest(source('square', 'orders'), 'several') }}

),

read as (

    select
        latest.*,
        {{ ledgerline.json_texts('latest.payload', keys) }} as texts,
        named_ids.all_customer_ids,
        named_ids.all_booking_ids
    from latest
    left join named_ids
        on latest.organization_id = named_ids.organization_id and latest.object_key = named_ids.object_key

),

final as (

    select
        -- ids
        organization_id,
        object_id as order_id,
        object_id,
        texts[2] as customer_id,
        coalesce(all_customer_ids, texts[2]) as all_customer_ids,
        texts[3] as location_id,
        texts[4] as reference_id,
        texts[5] as metadata_booking_id,
        nullif(coalesce(all_booking_ids, concat_ws(chr(31), texts[4], texts[5])), '') as all_booking_ids,

        -- texts
        texts[1] as state,
        texts[7] as discount_currency,
        texts[10] as line_items,
        texts[11] as tenders,

        -- numerics
        coalesce({{ ledgerline.cents_of('texts[6]') }}, 0) as discount_cents,

        -- timestamps
        cast(texts[8] as timestamptz) as created_at,
        cast(texts[9] as timestamptz) as closed_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
