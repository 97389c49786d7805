{%- set keys = ['refund_id', 'amount', 'status', 'created_at', 'completed_at', 'ticket_codes'] -%}

with

orders as (

    select
        *,
        {{ ledgerline.json_elements('payload', 'refunds') }} as refunds
    from {{ source('ticketing', 'native_orders') }}

),

refunds as (

    select
        order_id,
        event_key as source_event_ref,
        row_organization_id,
        unnest(refunds) as refund,
        {{ ledgerline.json_texts('payload', ['currency', 'amount_unit', 'updated_at', 'created_at']) }} as order_texts,
        {{ ledgerline.ticketing_provenance() }}
    from orders

),

read as (

    select
        *,
        {{ ledgerline.json_texts('refund', keys) }} as texts
    from refunds

),

final as (

    select
        -- ids
        order_id,
        source_event_ref,
        row_organization_id,
        texts[1] as refund_id,
        -- A list as JSON: a code may hold any character.
        texts[6] as ticket_codes,

        -- texts
        order_texts[1] as currency,
        order_texts[2] as amount_unit,
        texts[3] as source_status,

        -- numerics
        cast(texts[2] as decimal(18, 2)) as amount,

        -- timestamps
        cast(coalesce(texts[5], texts[4]) as timestamptz) as refunded_at,
        cast(coalesce(order_texts[3], order_texts[4]) as timestamptz) as changed_at,

        -- provenance
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at

    from read

)

select * from final
