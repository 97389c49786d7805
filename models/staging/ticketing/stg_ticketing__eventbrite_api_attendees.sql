{%- set keys = [
    'status', 'ticket_class_name', 'currency', 'email', 'answers', 'quantity', 'gross_amount', 'fee_amount',
    'is_checked_in', 'created_at', 'changed_at'
] -%}

with

attendees as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from {{ source('ticketing', 'eventbrite_api_attendees') }}

),

final as (

    select
        -- ids
        order_id,
        attendee_id,
        event_id as source_event_ref,

        -- texts
        texts[1] as source_status,
        texts[2] as ticket_type_name,
        texts[3] as currency,
        texts[4] as attendee_email,
        texts[5] as answers,

        -- numerics
        cast(texts[6] as bigint) as quantity,
        cast(texts[7] as decimal(18, 2)) as gross_amount,
        cast(texts[8] as decimal(18, 2)) as fee_amount,

        -- booleans
        texts[9] = 'true' as is_checked_in,

        -- timestamps
        cast(texts[10] as timestamptz) as created_at,
        cast(texts[11] as timestamptz) as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from attendees

)

select * from final
