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

versions as (

    {{ ledgerline.square_versions(source('square', 'refunds')) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

ranked as (

    {{ ledgerline.square_ranked('dated') }}

),

latest as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from ranked
    where version_rank = 1

),

final as (

    select
        -- ids
        organization_id,
        object_id as refund_id,
        object_id,
        texts[2] as payment_id,
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

    from latest

)

select * from final
