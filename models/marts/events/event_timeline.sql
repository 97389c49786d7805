with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

daily_sales as (

    select * from {{ ref('view_event_daily_sales') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

recent_days as (

    select
        organization_id,
        event_key,
        as_of_date,
        {{ ledgerline.dates_from_to('as_of_date - 29', 'as_of_date') }} as day_at
    from events

),

points as (

    select
        recent_days.organization_id,
        recent_days.event_key,
        recent_days.as_of_date,
        cast(recent_days.day_at as date) as date,
        case when inputs.knows_money then coalesce(daily_sales.amount, 0) end as amount,
        case when inputs.knows_tickets then coalesce(daily_sales.tickets, 0) end as tickets
    from recent_days
    inner join inputs on recent_days.event_key = inputs.event_key
    left join daily_sales
        on
            recent_days.event_key = daily_sales.event_key
            and cast(recent_days.day_at as date) = daily_sales.date

),

unioned as (

    select
        organization_id,
        event_key,
        '7d' as timeline_range,
        date,
        amount,
        tickets
    from points
    where date > as_of_date - 7

    union all

    select
        organization_id,
        event_key,
        '30d' as timeline_range,
        date,
        amount,
        tickets
    from points

    union all

    select
        organization_id,
        event_key,
        'all' as timeline_range,
        date,
        amount,
        tickets
    from daily_sales

),

final as (

    select
        organization_id,
        event_key,
        timeline_range,
        date,
        cast(amount as decimal(18, 2)) as amount,
        cast(tickets as integer) as tickets
    from unioned

)

select * from final
