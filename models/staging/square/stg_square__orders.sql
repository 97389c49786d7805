{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'orders')) }}"
) }}

with

several as (

    {{ ledgerline.square_several(source('square', 'orders')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'orders'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'state': 'state',
        'customer_id': 'customer_id',
        'location_id': 'location_id',
        'reference_id': 'reference_id',
        'metadata_booking_id': 'metadata.booking_id',
        'total_discount_money_amount': 'total_discount_money.amount',
        'total_discount_money_currency': 'total_discount_money.currency',
        'created_at': 'created_at',
        'closed_at': 'closed_at',
        'line_items': 'line_items',
        'tenders': 'tenders'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as order_id,
        object_id,
        customer_id,
        location_id,
        reference_id,
        metadata_booking_id,

        -- texts
        state,
        total_discount_money_currency as discount_currency,
        line_items,
        tenders,

        -- numerics
        coalesce({{ ledgerline.cents_of('total_discount_money_amount') }}, 0) as discount_cents,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        cast(closed_at as timestamptz) as closed_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
