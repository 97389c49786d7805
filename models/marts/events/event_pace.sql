with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

previous_events as (

    select * from {{ ref('int_previous_events_found') }}

),

daily_sales as (

    select * from {{ ref('view_event_daily_sales') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

last_days as (

    select
        event_key,
        max(date) as last_date
    from daily_sales
    group by event_key

),

dated as (

    select
        daily_sales.organization_id,
        daily_sales.event_key,
        daily_sales.date,
        daily_sales.amount_to_date,
        daily_sales.tickets_to_date,
        cast(events.starts_on - daily_sales.date as integer) as days_to_event,
        previous_events.previous_event_key,
        -- The day of the previous event with as many days to go; after its last known one nothing changes.
        least(
            previous_events.previous_starts_on - cast(events.starts_on - daily_sales.date as integer),
            last_days.last_date
        ) as previous_date
    from daily_sales
    inner join events on daily_sales.event_key = events.event_key
    inner join previous_events on daily_sales.event_key = previous_events.event_key
    left join last_days on previous_events.previous_event_key = last_days.event_key

),

joined as (

    select
        dated.*,
        case
            when previous_inputs.knows_money then coalesce(previous_sales.amount_to_date, 0)
        end as previous_amount_to_date,
        case
            when previous_inputs.knows_tickets then coalesce(previous_sales.tickets_to_date, 0)
        end as previous_tickets_to_date
    from dated
    left join inputs as previous_inputs on dated.previous_event_key = previous_inputs.event_key
    left join daily_sales as previous_sales
        on
            dated.previous_event_key = previous_sales.event_key
            and dated.previous_date = previous_sales.date

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        previous_event_key,

        -- numerics
        days_to_event,
        amount_to_date,
        tickets_to_date,
        cast(previous_amount_to_date as decimal(18, 2)) as previous_amount_to_date,
        cast(previous_tickets_to_date as integer) as previous_tickets_to_date,
        {{ ledgerline.display_percent('amount_to_date', 'previous_amount_to_date') }} as amount_pace_percent,

        -- dates, in the event's zone
        date

    from joined

)

select * from final
