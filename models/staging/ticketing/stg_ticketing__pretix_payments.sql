with

payments as (

    select * from {{ source('ticketing', 'pretix_payments') }}

),

final as (

    select
        -- ids
        order_code as order_id,
        payment_id,
        event_slug as source_event_ref,

        -- texts
        status_code as source_status,

        -- numerics
        cast(amount as decimal(18, 2)) as amount,

        -- dates, in the event's zone
        cast(coalesce(completion_date, creation_date) as date) as paid_date,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from payments

)

select * from final
