-- Total sales now, and of what the event is compared with (var `comparator`).
{%- set comparator = ledgerline.setting('comparator', ['previous_event', 'previous_period', 'previous_month']) %}

with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

previous_events as (

    select * from {{ ref('int_previous_events_found') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

daily_sales as (

    select
        entries.event_key,
        entries.local_date as date,
        sum(entries.amount) as amount
    from {{ ref('int_money_entries_posted') }} as entries
    inner join events
        on
            entries.event_key = events.event_key
            and entries.currency = events.currency
    where
        entries.entry_kind <> 'fee'
        and entries.occurred_at <= {{ ledgerline.as_of_instant() }}
    group by entries.event_key, entries.local_date

),

to_date as (

    select
        event_key,
        sum(amount) as amount
    from daily_sales
    group by event_key

),

{% if comparator == 'previous_event' -%}
-- The same point: as many days before the other event's start as this one has to go.
compared as (

    select
        events.event_key,
        previous_events.comparator_basis,
        case when inputs.knows_money then coalesce(to_date.amount, 0) end as current_amount,
        case when previous_inputs.knows_money then coalesce(sum(daily_sales.amount), 0) end as previous_amount
    from events
    inner join inputs on events.event_key = inputs.event_key
    inner join previous_events on events.event_key = previous_events.event_key
    left join inputs as previous_inputs on previous_events.previous_event_key = previous_inputs.event_key
    left join to_date on events.event_key = to_date.event_key
    left join daily_sales
        on
            previous_events.previous_event_key = daily_sales.event_key
            and daily_sales.date
            <= previous_events.previous_starts_on - cast(events.starts_on - events.as_of_date as integer)
    group by
        events.event_key, inputs.knows_money, previous_inputs.knows_money, previous_events.comparator_basis,
        to_date.amount

),
{%- else -%}
spans as (

    select
        event_key,
        as_of_date,
        {% if comparator == 'previous_period' -%}
        as_of_date - ({{ var('comparator_period_days') }} - 1) as current_first,
        as_of_date - (2 * {{ var('comparator_period_days') }} - 1) as previous_first,
        as_of_date - {{ var('comparator_period_days') }} as previous_last
        {%- else -%}
        cast(date_trunc('month', as_of_date) as date) as current_first,
        cast(date_trunc('month', as_of_date) - interval '1 month' as date) as previous_first,
        least(
            cast(as_of_date - interval '1 month' as date),
            cast(date_trunc('month', as_of_date) - interval '1 day' as date)
        ) as previous_last
        {%- endif %}
    from events

),

compared as (

    select
        spans.event_key,
        'period' as comparator_basis,
        case
            when inputs.knows_money then coalesce(
                sum(
                    case
                        when daily_sales.date between spans.current_first and spans.as_of_date then daily_sales.amount
                    end
                ), 0
            )
        end as current_amount,
        case
            when inputs.knows_money then coalesce(
                sum(
                    case
                        when daily_sales.date between spans.previous_first and spans.previous_last
                            then daily_sales.amount
                    end
                ), 0
            )
        end as previous_amount
    from spans
    inner join inputs on spans.event_key = inputs.event_key
    left join daily_sales on spans.event_key = daily_sales.event_key
    group by spans.event_key, inputs.knows_money

),
{%- endif %}

final as (

    select
        event_key,
        comparator_basis,
        cast(current_amount as decimal(18, 2)) as total_sales_current,
        cast(previous_amount as decimal(18, 2)) as total_sales_previous
    from compared

)

select * from final
