with

refunds as (

    select * from {{ ref('int_refunds_found') }}

),

final as (

    select
        -- ids
        organization_id,
        refund_key,
        order_id,

        -- timestamps
        refunded_at,
        {{ ledgerline.local_date('refunded_at', ledgerline.reporting_zone()) }} as refund_date,

        -- numerics
        cast(amount as decimal(18, 2)) as amount,
        currency,

        -- texts
        source,

        -- booleans
        is_amount_known,
        is_date_estimated

    from refunds

)

select * from final
