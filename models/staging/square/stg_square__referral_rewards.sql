{%- set keys = [
    'reward_type',
    'status',
    'referrer_customer_id',
    'referred_customer_id',
    'gift_card_id',
    'reward_amount_cents',
    'created_at',
    'paid_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'referral_rewards')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'referral_rewards'), 'several') }}

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
        object_id as reward_id,
        texts[3] as referrer_customer_id,
        texts[4] as referred_customer_id,
        texts[5] as gift_card_id,

        -- texts
        texts[1] as reward_type,
        texts[2] as status,

        -- numerics
        {{ ledgerline.cents_of('texts[6]') }} as reward_cents,

        -- timestamps
        cast(texts[7] as timestamptz) as created_at,
        cast(texts[8] as timestamptz) as paid_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
