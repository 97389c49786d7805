{%- set keys = ['ticket_type_id', 'quantity', 'price_at_purchase', 'total', 'complimentary'] -%}

with

orders as (

    select
        *,
        {{ ledgerline.json_elements('payload', 'items') }} as items
    from {{ source('ticketing', 'native_orders') }}

),

items as (

    select
        order_id,
        event_key as source_event_ref,
        row_organization_id,
        unnest(items) as item,
        generate_subscripts(items, 1) as item_number,
        {{ ledgerline.json_texts('payload', ['currency', 'amount_unit', 'updated_at', 'created_at', 'tickets']) }}
            as order_texts,
        {{ ledgerline.ticketing_provenance() }}
    from orders

),

read as (

    select
        *,
        {{ ledgerline.json_texts('item', keys) }} as texts
    from items

),

final as (

    select
        -- ids
        order_id,
        source_event_ref,
        row_organization_id,
        texts[1] as ticket_type_id,

        -- texts
        order_texts[1] as currency,
        order_texts[2] as amount_unit,

        -- numerics
        cast(item_number as bigint) as item_number,
        cast(texts[2] as bigint) as quantity,
        cast(texts[3] as decimal(18, 2)) as price_amount,
        cast(texts[4] as decimal(18, 2)) as total_amount,

        -- booleans
        coalesce(texts[5], 'false') = 'true' as is_complimentary,
        order_texts[5] <> '[]' as has_tickets,

        -- timestamps
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
