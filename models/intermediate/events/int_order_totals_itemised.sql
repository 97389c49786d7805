-- Orders in force: their total beside what their items, or positions and fees, come to. Positions that an export leaves
-- out are missing from the sum, be it all of an order; where the tenant has never delivered any there is nothing to
-- compare.
with

orders as (

    select
        organization_id,
        event_key,
        order_key,
        platform,
        currency,
        status,
        max(items_amount) as items_amount
    from {{ ref('int_ticket_orders_settled') }}
    where
        platform in ('native', 'pretix')
        and status <> 'unknown'
    group by organization_id, event_key, order_key, platform, currency, status

),

money as (

    select
        order_key,
        sum(case when entry_kind in ('sale', 'adjustment') then amount else 0 end) as gross_amount,
        sum(case when entry_kind in ('refund', 'cancellation') then 1 else 0 end) as returns_count
    from {{ ref('int_money_entries_posted') }}
    where
        occurred_at <= {{ ledgerline.as_of_instant() }}
        and platform in ('native', 'pretix')
    group by order_key
    having max(case when entry_kind = 'sale' then 1 else 0 end) = 1

),

positions as (

    select
        order_key,
        sum(price_amount) as amount,
        sum(case when status <> 'cancelled' then price_amount end) as amount_in_force
    from {{ ref('int_tickets_settled') }}
    where
        platform = 'pretix'
        and order_key is not null
    group by order_key

),

tenants_with_positions as (

    select distinct organization_id
    from {{ ref('int_tickets_settled') }}
    where platform = 'pretix'

),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

fee_lines as (

    select
        'pretix:' || resolved.event_key || ':' || fees.order_id as order_key,
        fees.amount,
        dense_rank() over (
            partition by resolved.event_key, fees.order_id
            order by fees.changed_at desc, {{ ledgerline.by_bytes('fees.source_file') }} desc
        ) as file_rank
    from {{ ref('stg_ticketing__pretix_fees') }} as fees
    inner join resolved
        on
            resolved.platform = 'pretix'
            and fees.folder_organization_id = resolved.folder_organization_id
            and fees.folder_event_key = resolved.folder_event_key
            and fees.source_event_ref = resolved.source_event_ref
    where
        resolved.event_key is not null
        and fees.changed_at <= {{ ledgerline.as_of_instant() }}

),

fees as (

    select
        order_key,
        sum(amount) as amount
    from fee_lines
    where file_rank = 1
    group by order_key

),

final as (

    select
        orders.event_key,
        orders.order_key,
        orders.currency,
        money.gross_amount,
        case
            when orders.platform = 'native' then orders.items_amount
            -- The fee is the order, and its positions are all canceled.
            when orders.status = 'fee_kept' then fees.amount
            else
                coalesce(
                    case when orders.status = 'valid' then positions.amount_in_force else positions.amount end, 0
                )
                + coalesce(fees.amount, 0)
        end as items_amount
    from orders
    inner join money on orders.order_key = money.order_key
    left join positions on orders.order_key = positions.order_key
    left join fees on orders.order_key = fees.order_key
    left join tenants_with_positions on orders.organization_id = tenants_with_positions.organization_id
    where
        money.returns_count = 0
        and (orders.status <> 'fee_kept' or fees.order_key is not null)
        and (orders.platform = 'native' or tenants_with_positions.organization_id is not null)

)

select * from final
