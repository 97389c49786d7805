with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

overview as (

    select * from {{ ref('event_overview') }}

),

orders as (

    select * from {{ ref('ticket_orders') }}

),

tickets as (

    select * from {{ ref('tickets') }}

),

counters as (

    select
        ticket_types.event_key,
        sum(ticket_types.quantity_sold) as stated,
        sum(marts.tickets_valid) as counted
    from {{ ref('int_ticket_types_defined') }} as ticket_types
    inner join {{ ref('event_ticket_types') }} as marts
        on
            ticket_types.event_key = marts.event_key
            and ticket_types.ticket_type_id = marts.ticket_type_id
    where
        ticket_types.is_admission
        and ticket_types.quantity_sold is not null
    group by ticket_types.event_key

),

itemised as (

    select
        itemised.event_key,
        sum(itemised.gross_amount) as gross_amount,
        sum(itemised.items_amount) as items_amount
    from {{ ref('int_order_totals_itemised') }} as itemised
    inner join events
        on
            itemised.event_key = events.event_key
            and itemised.currency = events.currency
    group by itemised.event_key

),

daily as (

    select
        event_key,
        sum(amount) as amount
    from {{ ref('view_event_daily_sales') }}
    group by event_key

),

order_counts as (

    select
        orders.event_key,
        count(case when orders.status = 'unknown' then 1 end) as unknown_count,
        count(case when orders.currency <> events.currency then 1 end) as other_currency_count
    from orders
    inner join events on orders.event_key = events.event_key
    group by orders.event_key

),

ticket_counts as (

    select
        event_key,
        count(case when status = 'unknown' then 1 end) as unknown_count
    from tickets
    group by event_key

),

unmapped as (

    select
        event_key,
        count(*) as unmapped_count
    from {{ ref('int_tickets_settled') }}
    where
        has_unmapped_answer
        and {{ ledgerline.ticket_is_counted() }}
    group by event_key

),

snapshots as (

    select * from {{ ref('int_ticketing_snapshots_compared') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

checks as (

    select
        event_key,
        'tickets_vs_counter' as check_name,
        stated as expected_value,
        counted as actual_value
    from counters

    union all

    select
        event_key,
        'order_total_vs_items' as check_name,
        gross_amount as expected_value,
        items_amount as actual_value
    from itemised

    union all

    select
        daily.event_key,
        'daily_vs_overview' as check_name,
        daily.amount as expected_value,
        overview.total_sales_to_date as actual_value
    from daily
    inner join overview on daily.event_key = overview.event_key

    union all

    select
        event_key,
        'oversold' as check_name,
        0 as expected_value,
        greatest(tickets_sold + coalesce(tickets_complimentary, 0) - tickets_total, 0) as actual_value
    from overview
    where
        tickets_total is not null
        and tickets_sold is not null

    union all

    select
        events.event_key,
        'unknown_status' as check_name,
        0 as expected_value,
        coalesce(order_counts.unknown_count, 0) + coalesce(ticket_counts.unknown_count, 0) as actual_value
    from events
    inner join inputs on events.event_key = inputs.event_key
    left join order_counts on events.event_key = order_counts.event_key
    left join ticket_counts on events.event_key = ticket_counts.event_key
    where
        inputs.knows_money
        or inputs.knows_lists

    union all

    select
        events.event_key,
        'other_currency' as check_name,
        0 as expected_value,
        coalesce(order_counts.other_currency_count, 0) as actual_value
    from events
    inner join inputs on events.event_key = inputs.event_key
    left join order_counts on events.event_key = order_counts.event_key
    where inputs.knows_money

    union all

    select
        events.event_key,
        'unmapped_answers' as check_name,
        0 as expected_value,
        coalesce(unmapped.unmapped_count, 0) as actual_value
    from events
    inner join inputs on events.event_key = inputs.event_key
    left join unmapped on events.event_key = unmapped.event_key
    where inputs.knows_lists

    union all

    select
        event_key,
        'missing_from_latest_export' as check_name,
        0 as expected_value,
        missing_count as actual_value
    from snapshots

),

-- What is not known on either side cannot be compared.
available as (

    select * from checks
    where
        expected_value is not null
        and actual_value is not null

),

names as (

    select 'tickets_vs_counter' as check_name
    union all
    select 'order_total_vs_items' as check_name
    union all
    select 'daily_vs_overview' as check_name
    union all
    select 'oversold' as check_name
    union all
    select 'unknown_status' as check_name
    union all
    select 'other_currency' as check_name
    union all
    select 'unmapped_answers' as check_name
    union all
    select 'missing_from_latest_export' as check_name

),

final as (

    select
        -- ids
        events.organization_id,
        events.event_key,
        names.check_name,

        -- texts
        case
            when available.event_key is null then 'not_available'
            when available.expected_value = available.actual_value then 'ok'
            else 'drift'
        end as status,

        -- numerics
        cast(available.expected_value as decimal(18, 2)) as expected_value,
        cast(available.actual_value as decimal(18, 2)) as actual_value,
        cast(available.expected_value - available.actual_value as decimal(18, 2)) as drift

    from events
    cross join names
    left join available
        on
            events.event_key = available.event_key
            and names.check_name = available.check_name

)

select * from final
