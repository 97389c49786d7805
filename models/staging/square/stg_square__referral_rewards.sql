with

several as (

    {{ ledgerline.square_several(source('square', 'referral_rewards')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'referral_rewards'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'reward_type': 'reward_type',
        'status': 'status',
        'referrer_customer_id': 'referrer_customer_id',
        'referred_customer_id': 'referred_customer_id',
        'gift_card_id': 'gift_card_id',
        'reward_amount_cents': 'reward_amount_cents',
        'created_at': 'created_at',
        'paid_at': 'paid_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as reward_id,
        referrer_customer_id,
        referred_customer_id,
        gift_card_id,

        -- texts
        reward_type,
        status,

        -- numerics
        {{ ledgerline.cents_of('reward_amount_cents') }} as reward_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        cast(paid_at as timestamptz) as paid_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
