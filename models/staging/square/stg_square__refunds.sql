{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'refunds')) }}"
) }}

with

several as (

    {{ ledgerline.square_several(source('square', 'refunds')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'refunds'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'status': 'status',
        'payment_id': 'payment_id',
        'location_id': 'location_id',
        'amount_money_amount': 'amount_money.amount',
        'amount_money_currency': 'amount_money.currency',
        'created_at': 'created_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as refund_id,
        object_id,
        payment_id,
        location_id,

        -- texts
        status,
        amount_money_currency as currency,

        -- numerics
        {{ ledgerline.cents_of('amount_money_amount') }} as amount_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
