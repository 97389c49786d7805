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
    from {{ ref('int_event_tickets_told') }}
    where {{ ledgerline.ticket_is_counted() }}
    group by organization_id, event_key, platform, currency

),

inputs as (

    select * from {{ ref('int_event_platforms_delivered') }}

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

joined as (

    select
        coalesce(money.organization_id, tickets.organization_id) as organization_id,
        coalesce(money.event_key, tickets.event_key) as event_key,
        coalesce(money.platform, tickets.platform) as platform,
        coalesce(money.currency, tickets.currency) as currency,
        coalesce(money.orders_count, 0) as orders_count,
        coalesce(tickets.tickets_sold, 0) as tickets_sold,
        coalesce(money.gross_amount, 0) as gross_amount,
        coalesce(money.refund_amount, 0) as refund_amount,
        coalesce(money.fee_amount, 0) as fee_amount
    from money
    full outer join tickets
        on
            money.event_key = tickets.event_key
            and money.platform = tickets.platform
            and money.currency = tickets.currency

),

final as (

    select
        -- ids
        joined.organization_id,
        joined.event_key,
        joined.platform,
        joined.currency,

        -- numerics
        cast(case when inputs.knows_money then joined.orders_count end as integer) as orders_count,
        cast(case when inputs.knows_tickets then joined.tickets_sold end as integer) as tickets_sold,
        cast(case when inputs.knows_money then joined.gross_amount end as decimal(18, 2)) as gross_amount,
        cast(case when inputs.knows_money then joined.refund_amount end as decimal(18, 2)) as refund_amount,
        cast(case when inputs.knows_money then joined.gross_amount - joined.refund_amount end as decimal(18, 2))
            as amount,
        cast(case when inputs.knows_money then joined.fee_amount end as decimal(18, 2)) as fee_amount

    from joined
    inner join inputs
        on
            joined.event_key = inputs.event_key
            and joined.platform = inputs.platform

)

select * from final
