{%- set keys = [
    'status', 'currency', 'amount_unit', 'total_amount', 'fee_amount', 'tax_amount', 'sales_channel', 'buyer_email',
    'created_at', 'paid_at', 'cancelled_at', 'updated_at', 'refunds', 'items_total'
] -%}

with

orders as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from {{ source('ticketing', 'native_orders') }}

),

final as (

    select
        -- ids
        order_id,
        event_key as source_event_ref,
        row_organization_id,

        -- texts
        texts[1] as source_status,
        texts[2] as currency,
        texts[3] as amount_unit,
        texts[7] as sales_channel,
        texts[8] as buyer_email,

        -- numerics
        cast(texts[4] as decimal(18, 2)) as total_amount,
        cast(texts[5] as decimal(18, 2)) as fee_amount,
        cast(texts[6] as decimal(18, 2)) as tax_amount,
        cast(texts[14] as decimal(18, 2)) as items_amount,

        -- booleans
        texts[13] <> '[]' as has_refunds,

        -- timestamps
        cast(texts[9] as timestamptz) as created_at,
        cast(texts[10] as timestamptz) as paid_at,
        cast(texts[11] as timestamptz) as cancelled_at,
        cast(coalesce(texts[12], texts[9]) as timestamptz) as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from orders

)

select * from final
