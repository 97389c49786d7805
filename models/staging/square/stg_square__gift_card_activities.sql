{%- set keys = [
    'type',
    'gift_card_id',
    'location_id',
    'created_at',
    'redeem_activity_details.amount_money.amount',
    'refund_activity_details.amount_money.amount'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'gift_card_activities')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'gift_card_activities'), 'several') }}

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
        object_id as gift_card_activity_id,
        texts[2] as gift_card_id,
        texts[3] as location_id,

        -- texts
        texts[1] as activity_type,

        -- numerics
        {{ ledgerline.cents_of('texts[5]') }} as redeemed_cents,
        {{ ledgerline.cents_of('texts[6]') }} as refunded_cents,

        -- timestamps
        cast(texts[4] as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
