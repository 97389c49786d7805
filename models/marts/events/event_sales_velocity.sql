with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

-- The clock hours that end with the as-of's.
hours as (

    select {{ ledgerline.numbers_to('168') }} as hour_number

),

rows_of_events as (

    select
        events.organization_id,
        events.event_key,
        events.timezone,
        events.currency,
        date_trunc('hour', {{ ledgerline.as_of_instant() }})
        - (hours.hour_number - 1) * interval '1 hour' as hour_start
    from events
    cross join hours

),

tickets as (

    select
        event_key,
        date_trunc('hour', sold_at) as hour_start,
        count(*) as tickets
    from {{ ref('int_event_tickets_told') }}
    where
        sold_at > {{ ledgerline.as_of_instant() }} - interval '170 hours'
        and {{ ledgerline.ticket_is_counted() }}
    group by event_key, date_trunc('hour', sold_at)

),

sales as (

    select
        entries.event_key,
        date_trunc('hour', entries.occurred_at) as hour_start,
        count(distinct entries.order_key) as orders,
        sum(case when entries.currency = events.currency then entries.amount else 0 end) as amount
    from {{ ref('int_money_entries_posted') }} as entries
    inner join events on entries.event_key = events.event_key
    where
        entries.entry_kind = 'sale'
        and entries.occurred_at > {{ ledgerline.as_of_instant() }} - interval '170 hours'
        and entries.occurred_at <= {{ ledgerline.as_of_instant() }}
    group by entries.event_key, date_trunc('hour', entries.occurred_at)

),

measured as (

    select
        rows_of_events.*,
        cast(case when inputs.knows_tickets then coalesce(tickets.tickets, 0) end as integer) as tickets,
        cast(case when inputs.knows_money then coalesce(sales.orders, 0) end as integer) as orders,
        cast(case when inputs.knows_money then coalesce(sales.amount, 0) end as decimal(18, 2)) as amount
    from rows_of_events
    inner join inputs on rows_of_events.event_key = inputs.event_key
    left join tickets
        on
            rows_of_events.event_key = tickets.event_key
            and rows_of_events.hour_start = tickets.hour_start
    left join sales
        on
            rows_of_events.event_key = sales.event_key
            and rows_of_events.hour_start = sales.hour_start

),

local_hours as (

    select distinct
        timezone,
        hour_start,
        timezone(timezone, hour_start) as local_hour
    from rows_of_events

),

final as (

    select
        -- ids
        measured.organization_id,
        measured.event_key,
        measured.hour_start,

        -- texts
        {{ ledgerline.velocity_status('measured.tickets') }} as status,

        -- numerics
        measured.tickets,
        measured.orders,
        measured.amount,

        -- booleans
        measured.hour_start + interval '1 hour' > {{ ledgerline.as_of_instant() }} as is_partial,

        -- timestamps, in the event's zone
        local_hours.local_hour

    from measured
    inner join local_hours
        on
            measured.timezone = local_hours.timezone
            and measured.hour_start = local_hours.hour_start

)

select * from final
