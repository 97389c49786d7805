with

several as (

    {{ ledgerline.square_several(source('square', 'gift_card_activities')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'gift_card_activities'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'type': 'type',
        'gift_card_id': 'gift_card_id',
        'location_id': 'location_id',
        'created_at': 'created_at',
        'redeem_activity_details_amount_money_amount': 'redeem_activity_details.amount_money.amount',
        'refund_activity_details_amount_money_amount': 'refund_activity_details.amount_money.amount'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as gift_card_activity_id,
        gift_card_id,
        location_id,

        -- texts
        type as activity_type,

        -- numerics
        {{ ledgerline.cents_of('redeem_activity_details_amount_money_amount') }} as redeemed_cents,
        {{ ledgerline.cents_of('refund_activity_details_amount_money_amount') }} as refunded_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
