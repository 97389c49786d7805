with

orders as (

    select * from {{ source('ticketing', 'hi_events_orders') }}

),

final as (

    select
        -- ids
        public_id as order_id,
        event_id as source_event_ref,

        -- texts
        status as source_status,
        payment_status as source_payment_status,
        currency,
        email as buyer_email,

        -- numerics
        cast(total_gross as decimal(18, 2)) as total_amount,
        cast(total_refunded as decimal(18, 2)) as refunded_amount,
        cast(total_tax as decimal(18, 2)) as tax_amount,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from orders

)

select * from final
