{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'refunds')) }}"
) }}

{%- set keys = [
    'status',
    'payment_id',
    'location_id',
    'amount_money.amount',
    'amount_money.currency',
    'created_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'refunds')) }}

),

-- Whatever a version named before may have to be counted anew when the object changes.
named_ids as (

    select
        organization_id,
        object_key,
        string_agg(distinct ({{ ledgerline.json_texts('payload', ['payment_id']) }})[1], chr(31)) as all_payment_ids
    from several
    group by organization_id, object_key

),

latest as (

    {{ ledgerline.square_latest(source('square', 'refunds'), 'several') }}

),

read as (

    select
        latest.*,
        {{ ledgerline.json_texts('latest.payload', keys) }} as texts,
        named_ids.all_payment_ids
    from latest
    left join named_ids
        on latest.organization_id = named_ids.organization_id and latest.object_key = named_ids.object_key

),

final as (

    select
        -- ids
        organization_id,
        object_id as refund_id,
        object_id,
        texts[2] as payment_id,
        coalesce(all_payment_ids, texts[2]) as all_payment_ids,
        texts[3] as location_id,

        -- texts
        texts[1] as status,
        texts[5] as currency,

        -- numerics
        {{ ledgerline.cents_of('texts[4]') }} as amount_cents,

        -- timestamps
        cast(texts[6] as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
