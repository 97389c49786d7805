with

entries as (

    select * from {{ ref('int_money_entries_posted') }}
    where occurred_at <= {{ ledgerline.as_of_instant() }}

),

tickets as (

    select
        organization_id,
        event_key,
        platform,
        currency,
        count(*) as tickets_sold
    from {{ ref('int_tickets_settled') }}
    where {{ ledgerline.ticket_is_counted() }}
    group by organization_id, event_key, platform, currency

),

money as (

    select
        organization_id,
        event_key,
        platform,
        currency,
        count(distinct case when entry_kind = 'sale' then order_key end) as orders_count,
        sum(case when entry_kind in ('sale', 'adjustment') then amount else 0 end) as gross_amount,
        -sum(case when entry_kind in ('refund', 'cancellation') then amount else 0 end) as refund_amount,
        -sum(case when entry_kind = 'fee' then amount else 0 end) as fee_amount
    from entries
    group by organization_id, event_key, platform, currency

),

final as (

    select
        -- ids
        coalesce(money.organization_id, tickets.organization_id) as organization_id,
        coalesce(money.event_key, tickets.event_key) as event_key,
        coalesce(money.platform, tickets.platform) as platform,
        coalesce(money.currency, tickets.currency) as currency,

        -- numerics
        cast(coalesce(money.orders_count, 0) as integer) as orders_count,
        cast(coalesce(tickets.tickets_sold, 0) as integer) as tickets_sold,
        cast(coalesce(money.gross_amount, 0) as decimal(18, 2)) as gross_amount,
        cast(coalesce(money.refund_amount, 0) as decimal(18, 2)) as refund_amount,
        cast(coalesce(money.gross_amount - money.refund_amount, 0) as decimal(18, 2)) as amount,
        cast(coalesce(money.fee_amount, 0) as decimal(18, 2)) as fee_amount

    from money
    full outer join tickets
        on
            money.event_key = tickets.event_key
            and money.platform = tickets.platform
            and money.currency = tickets.currency

)

select * from final
