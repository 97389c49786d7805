-- The chart, the overview and the ledger say the same: the days of an event sum to its ledger without fees, to its total
-- to date and to its tickets sold. A failure means that an order fell between two days, or was counted on two.
-- Returns the event with all sides.
with

daily as (

    select
        event_key,
        sum(amount) as amount,
        sum(tickets) as tickets
    from {{ ref('view_event_daily_sales') }}
    group by event_key

),

ledger as (

    select
        entries.event_key,
        sum(entries.amount) as amount
    from {{ ref('int_money_entries_posted') }} as entries
    inner join {{ ref('int_ticketing_events_defined') }} as events
        on
            entries.event_key = events.event_key
            and entries.currency = events.currency
    where
        entries.entry_kind <> 'fee'
        and entries.occurred_at <= {{ ledgerline.as_of_instant() }}
    group by entries.event_key

)

select
    overview.event_key,
    overview.total_sales_to_date,
    overview.tickets_sold,
    daily.amount as daily_amount,
    daily.tickets as daily_tickets,
    ledger.amount as ledger_amount
from {{ ref('event_overview') }} as overview
left join daily on overview.event_key = daily.event_key
left join ledger on overview.event_key = ledger.event_key
where
    overview.total_sales_to_date <> coalesce(daily.amount, 0)
    or overview.total_sales_to_date <> coalesce(ledger.amount, 0)
    or overview.tickets_sold <> coalesce(daily.tickets, 0)
