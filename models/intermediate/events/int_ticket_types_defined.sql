with

ticket_types as (

    select * from {{ ref('stg_ticketing__ticket_types') }}
    where changed_at <= {{ ledgerline.as_of_instant() }}

),

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

ranked as (

    select
        events.organization_id,
        ticket_types.*,
        row_number() over (
            partition by ticket_types.event_key, ticket_types.ticket_type_id
            order by
                ticket_types.changed_at desc,
                ticket_types.extracted_at desc,
                {{ ledgerline.by_bytes('ticket_types.source_file') }} desc,
                ticket_types.source_row desc
        ) as version_rank
    from ticket_types
    inner join events on ticket_types.event_key = events.event_key
    where ticket_types.folder_organization_id in ('', events.organization_id)

),

latest as (

    select
        *,
        {{ ledgerline.matched_text('name') }} as matched_name
    from ranked
    where version_rank = 1

),

final as (

    select
        organization_id,
        event_key,
        ticket_type_id,
        name,
        matched_name,
        price_amount,
        capacity,
        quantity_sold,
        is_admission,
        is_complimentary,
        -- Of two types of one name, rows that give only the name mean the first.
        row_number() over (
            partition by event_key, matched_name order by {{ ledgerline.by_bytes('ticket_type_id') }}
        ) = 1 as is_first_of_name
    from latest

)

select * from final
