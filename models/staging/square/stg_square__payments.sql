{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'payments')) }}"
) }}

with

several as (

    {{ ledgerline.square_several(source('square', 'payments')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'payments'), 'several', ledgerline.square_payment_progress()) }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'status': 'status',
        'customer_id': 'customer_id',
        'order_id': 'order_id',
        'location_id': 'location_id',
        'source_type': 'source_type',
        'card_details_card_card_brand': 'card_details.card.card_brand',
        'amount_money_amount': 'amount_money.amount',
        'amount_money_currency': 'amount_money.currency',
        'tip_money_amount': 'tip_money.amount',
        'refunded_money_amount': 'refunded_money.amount',
        'total_money_amount': 'total_money.amount',
        'created_at': 'created_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as payment_id,
        object_id,
        customer_id,
        order_id,
        location_id,

        -- texts
        status,
        source_type,
        card_details_card_card_brand as card_brand,
        amount_money_currency as currency,

        -- numerics
        {{ ledgerline.cents_of('amount_money_amount') }} as amount_cents,
        coalesce({{ ledgerline.cents_of('tip_money_amount') }}, 0) as tip_cents,
        coalesce({{ ledgerline.cents_of('refunded_money_amount') }}, 0) as refunded_cents,
        {{ ledgerline.cents_of('total_money_amount') }} as total_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
