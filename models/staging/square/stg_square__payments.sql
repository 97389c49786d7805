{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'payments')) }}"
) }}

{%- set keys = [
    'status',
    'customer_id',
    'order_id',
    'location_id',
    'source_type',
    'card_details.card.card_brand',
    'amount_money.amount',
    'amount_money.currency',
    'tip_money.amount',
    'refunded_money.amount',
    'total_money.amount',
    'created_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'payments')) }}

),

-- Whatever a version named before may have to be counted anew when the object changes.
named_ids as (

    select
        organization_id,
        object_key,
        string_agg(distinct ({{ ledgerline.json_texts('payload', ['customer_id']) }})[1], chr(31)) as all_customer_ids,
        string_agg(distinct ({{ ledgerline.json_texts('payload', ['order_id']) }})[1], chr(31)) as all_order_ids
    from several
    group by organization_id, object_key

),

latest as (

    {{ ledgerline.square_latest(source('square', 'payments'), 'several', ledgerline.square_payment_progress()) }}

),

read as (

    select
        latest.*,
        {{ ledgerline.json_texts('latest.payload', keys) }} as texts,
        named_ids.all_customer_ids,
        named_ids.all_order_ids
    from latest
    left join named_ids
        on latest.organization_id = named_ids.organization_id and latest.object_key = named_ids.object_key

),

final as (

    select
        -- ids
        organization_id,
        object_id as payment_id,
        object_id,
        texts[2] as customer_id,
        coalesce(all_customer_ids, texts[2]) as all_customer_ids,
        texts[3] as order_id,
        coalesce(all_order_ids, texts[3]) as all_order_ids,
        texts[4] as location_id,

        -- texts
        texts[1] as status,
        texts[5] as source_type,
        texts[6] as card_brand,
        texts[8] as currency,

        -- numerics
        {{ ledgerline.cents_of('texts[7]') }} as amount_cents,
        coalesce({{ ledgerline.cents_of('texts[9]') }}, 0) as tip_cents,
        coalesce({{ ledgerline.cents_of('texts[10]') }}, 0) as refunded_cents,
        {{ ledgerline.cents_of('texts[11]') }} as total_cents,

        -- timestamps
        cast(texts[12] as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
