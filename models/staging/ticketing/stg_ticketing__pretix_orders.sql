with

orders as (

    select * from {{ source('ticketing', 'pretix_orders') }}

),

final as (

    select
        -- ids
        order_code as order_id,
        event_slug as source_event_ref,

        -- texts
        status as source_status,
        sales_channel,
        email as buyer_email,

        -- numerics
        cast(order_total as decimal(18, 2)) as total_amount,
        -- How many positions are in force; older exports do not say.
        case when {{ ledgerline.matches('positions', "'^[0-9]{1,9}$'") }} then cast(positions as bigint) end
            as positions_count,

        -- dates, in the event's zone
        cast(order_time as timestamp) as ordered_local_time,
        cast(date_of_last_payment as date) as last_payment_date,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from orders

)

select * from final
