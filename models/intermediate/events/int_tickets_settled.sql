{{ config(materialized='kept', work='int_ticket_orders_fingerprinted', fingerprint='order_fingerprint') }}

-- One row per ticket: what its newest version says, when it was sold and when it became void.
with

order_fingerprints as (select * from {{ ref('int_ticket_orders_fingerprinted') }}),

ticket_types as (

    select * from {{ ref('int_ticket_types_defined') }}

),

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

answers as (

    select * from {{ ref('int_demographic_answers_read') }}

),

orders as (

    select orders.*
    from {{ ref('int_ticket_orders_settled') }} as orders
    inner join order_fingerprints on orders.order_key = order_fingerprints.order_key

),

landed as (

    select
        order_fingerprints.order_fingerprint,
        tickets.*,
        tickets.status in ('cancelled', 'refunded') as is_ended
    from {{ ref('int_tickets_versioned') }} as tickets
    inner join order_fingerprints on coalesce(tickets.order_key, tickets.ticket_key) = order_fingerprints.order_key
    where
        tickets.changed_at <= {{ ledgerline.as_of_instant() }}
        and not tickets.is_waiting

),

-- Units stand for tickets that the source does not number: those of the newest version count, and only where no
-- version lists tickets of its own.
marked as (

    select
        *,
        min(case when is_unit then 1 else 0 end) over (partition by order_key) as is_only_units,
        dense_rank() over (
            partition by order_key, sale_id, is_unit
            order by
                changed_at desc,
                extracted_at desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as sale_version_rank
    from landed

),

versions as (

    select
        *,
        row_number() over (partition by ticket_key order by {{ ledgerline.oldest_version_first() }}) as version_number
    from marked
    where not is_unit or is_only_units = 1

),

sequenced as (

    select
        *,
        max(version_number) over (partition by ticket_key) as newest_number,
        min(case when status in ('valid', 'refunded') then version_number end) over (
            partition by ticket_key
        ) as first_sold_number,
        coalesce(
            max(case when not is_ended then version_number end) over (partition by ticket_key), 0
        ) as last_open_number,
        min(sale_version_rank) over (partition by ticket_key) as newest_sale_version_rank
    from versions

),

moments as (

    select
        ticket_key,
        min(
            case
                when version_number = first_sold_number
                    then case when first_sold_number > 1 then changed_at else ordered_at end
            end
        ) as own_sold_at,
        min(case when is_ended and version_number > last_open_number then changed_at end) as ended_at
    from sequenced
    group by ticket_key

),

newest as (

    select *
    from sequenced
    where
        version_number = newest_number
        and (not is_unit or newest_sale_version_rank = 1)

),

codes_named as (

    select
        refunds.order_key,
        unnest({{ ledgerline.json_list_texts('refunds.ticket_codes') }}) as ticket_code,
        refunds.refunded_at
    from {{ ref('int_ticket_refunds_counted') }} as refunds
    inner join order_fingerprints on refunds.order_key = order_fingerprints.order_key
    where
        refunds.ticket_codes is not null
        and refunds.is_standing

),

-- Refunds that name their tickets.
named_refunds as (

    select
        orders.platform || ':' || orders.event_key || ':' || codes_named.ticket_code as ticket_key,
        codes_named.order_key,
        min(codes_named.refunded_at) as refunded_at
    from codes_named
    inner join orders on codes_named.order_key = orders.order_key
    group by
        orders.platform || ':' || orders.event_key || ':' || codes_named.ticket_code,
        codes_named.order_key

),

refunds_known as (

    select
        newest.ticket_key,
        max(refunds.refunded_at) as refunded_at
    from newest
    inner join moments on newest.ticket_key = moments.ticket_key
    inner join {{ ref('int_ticket_refunds_counted') }} as refunds
        on
            newest.order_key = refunds.order_key
            and moments.ended_at >= refunds.changed_at
            and refunds.is_standing
    group by newest.ticket_key

),

dated as (

    select
        newest.*,
        case
            when newest.status = 'unknown' then 'unknown'
            when orders.order_key is not null and newest.platform = 'native' and newest.status = 'valid'
                then orders.status
            else newest.status
        end as settled_status,
        case
            when newest.status = 'unknown' then null
            when orders.order_key is not null then orders.sold_at
            else moments.own_sold_at
        end as settled_sold_at,
        case when newest.status <> 'unknown' then orders.sold_on end as order_sold_on,
        coalesce(
            least(
                named_refunds.refunded_at, newest.revoked_at, orders.fully_refunded_at, orders.cancellation_at
            ),
            case when newest.is_ended then coalesce(refunds_known.refunded_at, moments.ended_at) end,
            orders.ended_at
        ) as settled_voided_at,
        orders.order_key is null as is_without_order
    from newest
    inner join moments on newest.ticket_key = moments.ticket_key
    left join orders
        on
            newest.order_key = orders.order_key
            and newest.sale_id = orders.sale_id
    left join named_refunds
        on
            newest.ticket_key = named_refunds.ticket_key
            and newest.order_key = named_refunds.order_key
    left join refunds_known on newest.ticket_key = refunds_known.ticket_key

),

typed as (

    select
        dated.*,
        {{ ledgerline.matched_text('dated.source_type_name') }} as matched_name
    from dated

),

final as (

    select
        -- ids
        typed.order_fingerprint,
        typed.ticket_key,
        typed.order_key,
        typed.organization_id,
        typed.event_key,
        coalesce(
            types_by_id.ticket_type_id, types_by_name.ticket_type_id, typed.source_type_id, typed.source_type_name
        ) as ticket_type_id,

        -- texts
        typed.platform,
        coalesce(
            types_by_id.name, types_by_name.name, typed.source_type_name, typed.source_type_id
        ) as ticket_type_name,
        typed.currency,
        typed.settled_status as status,
        typed.attendee_hash,
        coalesce(answers.gender_bucket, 'unknown') as gender_bucket,
        coalesce(answers.age_bucket, 'unknown') as age_bucket,

        -- numerics
        typed.price_amount,

        -- booleans
        coalesce(types_by_id.is_admission, types_by_name.is_admission, true) as is_admission,
        typed.is_complimentary
        or coalesce(types_by_id.is_complimentary, types_by_name.is_complimentary, false) as is_complimentary,
        typed.is_checked_in,
        coalesce(answers.has_unmapped_answer, false) as has_unmapped_answer,

        -- dates, in the event's zone
        case
            when typed.settled_sold_at is null then null
            when typed.is_without_order
                then {{ ledgerline.local_date('typed.settled_sold_at', 'typed.timezone') }}
            else typed.order_sold_on
        end as sold_on,
        case
            when typed.settled_voided_at is not null
                then {{ ledgerline.local_date('typed.settled_voided_at', 'typed.timezone') }}
        end as voided_on,

        -- timestamps
        typed.settled_sold_at as sold_at,
        typed.settled_voided_at as voided_at,
        typed.checked_in_at

    from typed
    inner join events on typed.event_key = events.event_key
    left join ticket_types as types_by_id
        on
            typed.event_key = types_by_id.event_key
            and typed.source_type_id = types_by_id.ticket_type_id
    left join ticket_types as types_by_name
        on
            typed.event_key = types_by_name.event_key
            and typed.matched_name = types_by_name.matched_name
            and types_by_name.is_first_of_name
    left join answers
        on
            typed.answers = answers.answers
            and events.starts_on = answers.starts_on

)

select * from final
