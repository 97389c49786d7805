{{ config(
    materialized='kept', work='int_ticketing_files_fingerprinted', fingerprint='file_fingerprint',
    skip_older_runs_of=[
        'int_eventbrite_attendees_unioned',
        'stg_ticketing__hi_events_attendees',
        'stg_ticketing__native_order_items',
        'stg_ticketing__native_tickets',
        'stg_ticketing__pretix_positions',
    ]
) }}

with

file_fingerprints as (select * from {{ ref('int_ticketing_files_fingerprinted') }}),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

statuses as (

    select
        platform,
        entity,
        {{ ledgerline.plain_word('source_status') }} as source_status,
        status
    from {{ ref('stg_settings__seed_ticketing_statuses') }}

),

currencies as (

    select * from {{ ref('seed_currencies') }}

),

{#- The columns that rows of every platform have, in the order of the union. -#}
{%- set common %}
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        resolved.timezone,
        landed.changed_at,
        landed.landed_run,
        landed.extracted_at,
        landed.source_file,
        landed.source_row,
{%- endset %}

native_tickets as (

    select
        {{ common }}
        'native' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.ticket_code as ticket_id,
        false as is_unit,
        landed.source_status,
        landed.ticket_type_id as source_type_id,
        cast(null as varchar) as source_type_name,
        landed.price_amount,
        landed.amount_unit = 'minor' as is_minor,
        coalesce(landed.currency, resolved.currency) as currency,
        landed.is_complimentary,
        landed.checked_in_at is not null or {{ ledgerline.plain_word('landed.source_status') }} = 'checked-in'
            as is_checked_in,
        landed.checked_in_at,
        landed.revoked_at,
        cast(null as timestamptz) as ordered_at,
        landed.attendee_email,
        landed.answers
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__native_tickets'), 'native', "'native_orders'") }}

),

-- A shop that lists no tickets sold one per unit of each item.
native_items as (

    select
        {{ common }}
        'native' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.order_id || '/' || cast(landed.item_number as varchar) || '/' as ticket_id,
        true as is_unit,
        'active' as source_status,
        landed.ticket_type_id as source_type_id,
        cast(null as varchar) as source_type_name,
        landed.price_amount,
        landed.amount_unit = 'minor' as is_minor,
        coalesce(landed.currency, resolved.currency) as currency,
        landed.is_complimentary,
        false as is_checked_in,
        cast(null as timestamptz) as checked_in_at,
        cast(null as timestamptz) as revoked_at,
        cast(null as timestamptz) as ordered_at,
        cast(null as varchar) as attendee_email,
        cast(null as varchar) as answers,
        landed.quantity,
        {{ ledgerline.numbers_to('landed.quantity') }} as unit_number
    {{ ledgerline.from_resolved_rows(
        ref('stg_ticketing__native_order_items'), 'native', "'native_orders'", condition='not landed.has_tickets'
    ) }}

),

pretix as (

    select
        {{ common }}
        'pretix' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.order_id || '-' || landed.position_id as ticket_id,
        false as is_unit,
        landed.source_status,
        landed.ticket_type_id as source_type_id,
        landed.ticket_type_name as source_type_name,
        landed.price_amount,
        false as is_minor,
        resolved.currency,
        false as is_complimentary,
        landed.is_checked_in,
        cast(null as timestamptz) as checked_in_at,
        cast(null as timestamptz) as revoked_at,
        {{ ledgerline.instant_of_local_time('landed.ordered_local_time', 'resolved.timezone') }} as ordered_at,
        landed.attendee_email,
        landed.answers
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__pretix_positions'), 'pretix', "'pretix_positions'") }}

),

eventbrite as (

    select
        {{ common }}
        'eventbrite' as platform,
        landed.order_id as source_order_id,
        landed.attendee_id as sale_id,
        landed.attendee_id as ticket_id,
        true as is_unit,
        landed.source_status,
        cast(null as varchar) as source_type_id,
        landed.ticket_type_name as source_type_name,
        {{ ledgerline.amount_per('landed.gross_amount', 'landed.quantity') }} as price_amount,
        false as is_minor,
        coalesce(landed.currency, resolved.currency) as currency,
        coalesce(
            {{ ledgerline.plain_word('landed.order_type') }} in {{ ledgerline.words_of('complimentary_order_types') }},
            false
        ) as is_complimentary,
        landed.is_checked_in or {{ ledgerline.plain_word('landed.source_status') }} = 'checked-in' as is_checked_in,
        cast(null as timestamptz) as checked_in_at,
        cast(null as timestamptz) as revoked_at,
        coalesce(
            landed.ordered_at, {{ ledgerline.instant_of_text('landed.ordered_time', 'resolved.timezone') }}
        ) as ordered_at,
        landed.attendee_email,
        landed.answers,
        landed.quantity,
        {{ ledgerline.numbers_to('landed.quantity') }} as unit_number
    {{ ledgerline.from_resolved_rows(ref('int_eventbrite_attendees_unioned'), 'eventbrite', 'landed.kind') }}

),

hi_events as (

    select
        {{ common }}
        'hi_events' as platform,
        -- Its attendee sheet does not name the order.
        cast(null as varchar) as source_order_id,
        landed.attendee_id as sale_id,
        landed.attendee_id as ticket_id,
        false as is_unit,
        landed.source_status,
        landed.ticket_type_id as source_type_id,
        landed.ticket_type_name as source_type_name,
        cast(null as decimal(18, 2)) as price_amount,
        false as is_minor,
        resolved.currency,
        false as is_complimentary,
        landed.is_checked_in,
        cast(null as timestamptz) as checked_in_at,
        cast(null as timestamptz) as revoked_at,
        landed.created_at as ordered_at,
        landed.attendee_email,
        landed.answers
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__hi_events_attendees'), 'hi_events', "'hi_events_attendees'") }}

),

one_per_row as (

    select * from native_tickets
    union all
    select * from pretix
    union all
    select * from hi_events

),

-- An attendee of one ticket is that ticket.
unioned as (

    select
        *,
        case when quantity > 1 then '/' || cast(unit_number as varchar) else '' end as unit_suffix
    from eventbrite

    union all

    select
        *,
        cast(1 as bigint) as quantity,
        cast(1 as bigint) as unit_number,
        '' as unit_suffix
    from one_per_row

    union all

    select
        *,
        cast(unit_number as varchar) as unit_suffix
    from native_items

),

final as (

    select
        -- ids
        unioned.file_fingerprint,
        {{ ledgerline.hash_number("concat_ws('|', cast(unioned.file_fingerprint as varchar), unioned.source_row)") }}
            as row_number_hash,
        unioned.organization_id,
        unioned.event_key,
        unioned.platform || ':' || unioned.event_key || ':' || unioned.source_order_id as order_key,
        unioned.platform || ':' || unioned.event_key || ':' || unioned.ticket_id || unioned.unit_suffix as ticket_key,
        unioned.sale_id,
        unioned.source_type_id,

        -- texts
        unioned.platform,
        unioned.timezone,
        -- Of an order of which only a fee was kept, no ticket is left.
        case when statuses.status = 'fee_kept' then 'cancelled' else coalesce(statuses.status, 'unknown') end as status,
        unioned.source_type_name,
        unioned.currency,
        {{ ledgerline.email_hash('unioned.attendee_email') }} as attendee_hash,
        nullif(unioned.answers, '{}') as answers,

        -- numerics
        {{ ledgerline.in_major_units('unioned.price_amount') }} as price_amount,

        -- booleans
        unioned.is_unit,
        unioned.is_complimentary,
        unioned.is_checked_in,
        -- A local time that clocks skip in the event's zone is none: the row waits.
        unioned.ordered_at is null and unioned.platform <> 'native' as is_waiting,

        -- timestamps
        unioned.checked_in_at,
        unioned.revoked_at,
        unioned.ordered_at,
        unioned.changed_at,

        -- provenance
        unioned.landed_run,
        unioned.extracted_at,
        unioned.source_file,
        unioned.source_row

    from unioned
    left join statuses
        on
            unioned.platform = statuses.platform
            and statuses.entity = case unioned.platform
                when 'native' then 'ticket'
                when 'pretix' then 'order'
                else 'attendee'
            end
            and {{ ledgerline.plain_word('unioned.source_status') }} = statuses.source_status
    left join currencies on unioned.currency = currencies.currency

)

select * from final
