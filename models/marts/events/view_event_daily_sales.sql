with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

entries as (

    select * from {{ ref('int_money_entries_posted') }}
    where occurred_at <= {{ ledgerline.as_of_instant() }}

),

tickets as (

    select * from {{ ref('int_event_tickets_told') }}
    where {{ ledgerline.ticket_is_sold() }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

money_of_days as (

    select
        entries.event_key,
        entries.local_date as date,
        sum(case when entries.entry_kind in ('sale', 'adjustment') then entries.amount else 0 end) as gross_amount,
        -sum(case when entries.entry_kind in ('refund', 'cancellation') then entries.amount else 0 end)
            as refund_amount,
        -sum(case when entries.entry_kind = 'fee' then entries.amount else 0 end) as fee_amount
    from entries
    inner join events
        on
            entries.event_key = events.event_key
            and entries.currency = events.currency
    group by entries.event_key, entries.local_date

),

orders_of_days as (

    select
        event_key,
        local_date as date,
        count(distinct order_key) as orders_count
    from entries
    where entry_kind = 'sale'
    group by event_key, local_date

),

sold_on_days as (

    select
        event_key,
        sold_on as date,
        count(case when is_admission and not is_complimentary then 1 end) as tickets_sold
    from tickets
    group by event_key, sold_on

),

voided_on_days as (

    select
        event_key,
        voided_on as date,
        count(*) as tickets_voided
    from tickets
    where
        is_admission
        and not is_complimentary
        and {{ ledgerline.ticket_is_void() }}
    group by event_key, voided_on

),

first_days as (

    select
        event_key,
        min(date) as first_date
    from (
        select
            event_key,
            date
        from orders_of_days

        union all

        select
            event_key,
            date
        from sold_on_days
    ) as days_sold
    group by event_key

),

days as (

    select
        events.organization_id,
        events.event_key,
        events.currency,
        {{ ledgerline.dates_from_to('first_days.first_date', 'events.as_of_date') }} as day_at
    from events
    inner join first_days on events.event_key = first_days.event_key

),

measured as (

    select
        days.organization_id,
        days.event_key,
        days.currency,
        cast(days.day_at as date) as date,
        case when inputs.knows_money then coalesce(money_of_days.gross_amount, 0) end as gross_amount,
        case when inputs.knows_money then coalesce(money_of_days.refund_amount, 0) end as refund_amount,
        case when inputs.knows_money then coalesce(money_of_days.fee_amount, 0) end as fee_amount,
        case when inputs.knows_money then coalesce(orders_of_days.orders_count, 0) end as orders_count,
        case when inputs.knows_tickets then coalesce(sold_on_days.tickets_sold, 0) end as tickets_sold,
        case when inputs.knows_tickets then coalesce(voided_on_days.tickets_voided, 0) end as tickets_voided
    from days
    inner join inputs on days.event_key = inputs.event_key
    left join money_of_days
        on
            days.event_key = money_of_days.event_key
            and cast(days.day_at as date) = money_of_days.date
    left join orders_of_days
        on
            days.event_key = orders_of_days.event_key
            and cast(days.day_at as date) = orders_of_days.date
    left join sold_on_days
        on
            days.event_key = sold_on_days.event_key
            and cast(days.day_at as date) = sold_on_days.date
    left join voided_on_days
        on
            days.event_key = voided_on_days.event_key
            and cast(days.day_at as date) = voided_on_days.date

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        date,

        -- texts
        currency,

        -- numerics
        cast(gross_amount as decimal(18, 2)) as gross_amount,
        cast(refund_amount as decimal(18, 2)) as refund_amount,
        cast(gross_amount - refund_amount as decimal(18, 2)) as amount,
        cast(fee_amount as decimal(18, 2)) as fee_amount,
        cast(gross_amount - refund_amount - fee_amount as decimal(18, 2)) as net_amount,
        cast(tickets_sold as integer) as tickets_sold,
        cast(tickets_voided as integer) as tickets_voided,
        cast(tickets_sold - tickets_voided as integer) as tickets,
        cast(orders_count as integer) as orders_count,
        cast(sum(gross_amount - refund_amount) over (
            partition by event_key order by date
            rows between unbounded preceding and current row
        ) as decimal(18, 2)) as amount_to_date,
        cast(sum(tickets_sold - tickets_voided) over (
            partition by event_key order by date
            rows between unbounded preceding and current row
        ) as integer) as tickets_to_date

    from measured

)

select * from final
