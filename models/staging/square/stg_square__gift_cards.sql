{%- set keys = [
    'state',
    'created_at',
    'balance_money.amount',
    'balance_money.currency'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'gift_cards')) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

ranked as (

    {{ ledgerline.square_ranked('dated', '_extracted_at desc') }}

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

    from latest

)

select * from final
