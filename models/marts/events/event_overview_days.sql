with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

capacities as (

    select * from {{ ref('int_event_capacities_derived') }}

),

daily_sales as (

    select * from {{ ref('view_event_daily_sales') }}

),

entries as (

    select
        entries.event_key,
        entries.amount,
        entries.local_date,
        entries.occurred_at,
        entries.first_seen_at,
        events.timezone
    from {{ ref('int_money_entries_posted') }} as entries
    inner join events
        on
            entries.event_key = events.event_key
            and entries.currency = events.currency
    where
        entries.entry_kind <> 'fee'
        and entries.occurred_at <= {{ ledgerline.as_of_instant() }}

),

-- Few runs read many entries: the day of each run is worked out once.
runs as (

    select
        timezone,
        first_seen_at,
        {{ ledgerline.local_date('first_seen_at', 'timezone') }} as first_seen_on
    from entries
    group by timezone, first_seen_at

),

-- On which day the warehouse could say it: not before we had read it, nor before it happened.
reported as (

    select
        entries.event_key,
        case
            when entries.first_seen_at > entries.occurred_at then runs.first_seen_on
            else entries.local_date
        end as date,
        sum(entries.amount) as amount
    from entries
    inner join runs
        on
            entries.timezone = runs.timezone
            and entries.first_seen_at = runs.first_seen_at
    group by
        entries.event_key,
        case
            when entries.first_seen_at > entries.occurred_at then runs.first_seen_on
            else entries.local_date
        end

),

measured as (

    select
        daily_sales.organization_id,
        daily_sales.event_key,
        daily_sales.date,
        daily_sales.amount_to_date,
        daily_sales.tickets_to_date,
        capacities.tickets_total,
        case
            when daily_sales.amount_to_date is not null
                then coalesce(
                    sum(reported.amount) over (
                        partition by daily_sales.event_key order by daily_sales.date
                        rows between unbounded preceding and current row
                    ), 0
                )
        end as reported_amount_to_date
    from daily_sales
    inner join capacities on daily_sales.event_key = capacities.event_key
    left join reported
        on
            daily_sales.event_key = reported.event_key
            and daily_sales.date = reported.date

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        date,

        -- numerics
        amount_to_date,
        tickets_to_date as tickets_sold_to_date,
        {{ ledgerline.display_percent('tickets_to_date', 'tickets_total') }} as tickets_percentage,
        cast(reported_amount_to_date as decimal(18, 2)) as reported_amount_to_date,
        cast(amount_to_date - reported_amount_to_date as decimal(18, 2)) as late_amount

    from measured

)

select * from final
