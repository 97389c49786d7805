with

several as (

    {{ ledgerline.square_several(source('square', 'gift_cards')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'gift_cards'), 'several', '_extracted_at desc') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'state': 'state',
        'created_at': 'created_at',
        'balance_money_amount': 'balance_money.amount',
        'balance_money_currency': 'balance_money.currency'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as gift_card_id,

        -- texts
        state,
        balance_money_currency as currency,

        -- numerics
        {{ ledgerline.cents_of('balance_money_amount') }} as balance_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
