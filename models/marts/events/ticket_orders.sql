with

-- One row per order, or per attendee where the platform sells attendees.
sales as (

    select * from {{ ref('int_ticket_orders_settled') }}
    where ordered_at <= {{ ledgerline.as_of_instant() }}

),

entries as (

    select * from {{ ref('int_money_entries_posted') }}
    where occurred_at <= {{ ledgerline.as_of_instant() }}

),

tickets as (

    select
        order_key,
        count(*) as tickets_count
    from {{ ref('int_tickets_settled') }}
    where order_key is not null
    group by order_key

),

-- Where no list names them, as many as the order counts; of several versions the most, since the last ones count what
-- was not given back.
counted_positions as (

    select
        order_key,
        max(unit_number) as tickets_count
    from {{ ref('int_order_positions_counted') }}
    group by order_key

),

money as (

    select
        order_key,
        sum(case when entry_kind in ('sale', 'adjustment') then amount else 0 end) as gross_amount,
        -sum(case when entry_kind in ('refund', 'cancellation') then amount else 0 end) as refunded_amount,
        -sum(case when entry_kind = 'fee' then amount else 0 end) as fee_amount,
        max(case when entry_kind = 'cancellation' then 1 else 0 end) = 1 as has_cancellation,
        min(case when entry_kind = 'sale' then occurred_at end) as sold_at,
        min(case when entry_kind = 'sale' then local_date end) as sold_on
    from entries
    group by order_key

),

-- What the rows of one order agree on, and the first of what they may not.
orders as (

    select
        order_key,
        min(organization_id) as organization_id,
        min(event_key) as event_key,
        min(platform) as platform,
        min(timezone) as timezone,
        min({{ ledgerline.by_bytes('source_order_id') }}) as source_order_id,
        min({{ ledgerline.by_bytes('source_status') }}) as source_status,
        min(currency) as currency,
        min({{ ledgerline.by_bytes('sales_channel') }}) as sales_channel,
        min({{ ledgerline.by_bytes('buyer_hash') }}) as buyer_hash,
        min(ordered_at) as ordered_at,
        sum(tax_amount) as tax_amount,
        max(case when status = 'unknown' then 1 else 0 end) = 1 as has_unknown,
        max(case when status in ('pending', 'valid') then 1 else 0 end) = 1 as has_open,
        min(case when status = 'refunded' then 1 else 0 end) = 1 as is_all_refunded
    from sales
    group by order_key

),

joined as (

    select
        orders.*,
        money.sold_at,
        money.sold_on,
        coalesce(money.gross_amount, 0) as gross_amount,
        coalesce(money.refunded_amount, 0) as refunded_amount,
        coalesce(money.fee_amount, 0) as fee_amount,
        coalesce(money.has_cancellation, false) as has_cancellation,
        coalesce(
            tickets.tickets_count,
            counted_positions.tickets_count,
            -- A shop's order without items has none.
            case when orders.platform in ('native', 'eventbrite') then 0 end
        ) as tickets_count
    from orders
    left join money on orders.order_key = money.order_key
    left join tickets on orders.order_key = tickets.order_key
    left join counted_positions on orders.order_key = counted_positions.order_key

),

final as (

    select
        -- ids
        organization_id,
        order_key,
        event_key,
        source_order_id,
        buyer_hash,

        -- texts
        platform,
        case
            when has_unknown then 'unknown'
            when sold_at is null and has_open then 'pending'
            when sold_at is null then 'cancelled'
            when has_cancellation and refunded_amount >= gross_amount then 'cancelled'
            when gross_amount > 0 and refunded_amount >= gross_amount then 'refunded'
            when gross_amount = 0 and is_all_refunded then 'refunded'
            when refunded_amount > 0 then 'partially_refunded'
            else 'valid'
        end as status,
        source_status,
        currency,
        sales_channel,

        -- numerics
        cast(gross_amount as decimal(18, 2)) as gross_amount,
        cast(refunded_amount as decimal(18, 2)) as refunded_amount,
        cast(fee_amount as decimal(18, 2)) as fee_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(gross_amount - refunded_amount - fee_amount as decimal(18, 2)) as net_amount,
        cast(tickets_count as integer) as tickets_count,

        -- dates, in the event's zone
        coalesce(sold_on, {{ ledgerline.local_date('ordered_at', 'timezone') }}) as local_date,

        -- timestamps
        ordered_at,
        sold_at

    from joined

)

select * from final
