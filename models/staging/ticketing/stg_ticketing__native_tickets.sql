{%- set keys = [
    'ticket_code', 'ticket_type_id', 'status', 'revoked_at', 'checked_in_at', 'attendee_email', 'answers',
    'price_at_purchase', 'complimentary'
] -%}

with

orders as (

    select
        *,
        {{ ledgerline.json_elements('payload', 'tickets') }} as tickets
    from {{ source('ticketing', 'native_orders') }}

),

tickets as (

    select
        order_id,
        event_key as source_event_ref,
        row_organization_id,
        unnest(tickets) as ticket,
        {{ ledgerline.json_texts('payload', ['currency', 'amount_unit', 'updated_at', 'created_at']) }} as order_texts,
        {{ ledgerline.ticketing_provenance() }}
    from orders

),

read as (

    select
        *,
        {{ ledgerline.json_texts('ticket', keys) }} as texts
    from tickets

),

final as (

    select
        -- ids
        order_id,
        source_event_ref,
        row_organization_id,
        texts[1] as ticket_code,
        texts[2] as ticket_type_id,

        -- texts
        order_texts[1] as currency,
        order_texts[2] as amount_unit,
        texts[3] as source_status,
        texts[6] as attendee_email,
        texts[7] as answers,

        -- numerics
        cast(texts[8] as decimal(18, 2)) as price_amount,

        -- booleans
        coalesce(texts[9], 'false') = 'true' as is_complimentary,

        -- timestamps
        cast(texts[4] as timestamptz) as revoked_at,
        cast(texts[5] as timestamptz) as checked_in_at,
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
