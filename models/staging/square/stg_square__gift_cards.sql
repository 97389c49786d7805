{%- set keys = [
    'state',
    'created_at',
    'balance_money.amount',
    'balance_money.currency'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'gift_cards')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'gift_cards'), 'several', '_extracted_at desc') }}

),

read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from latest

),

final as (

    select
        -- ids
        organization_id,
        object_id as gift_card_id,

        -- texts
        texts[1] as state,
        texts[4] as currency,

        -- numerics
        {{ ledgerline.cents_of('texts[3]') }} as balance_cents,

        -- timestamps
        cast(texts[2] as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
