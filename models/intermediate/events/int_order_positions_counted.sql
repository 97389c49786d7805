-- Tickets of which only their order tells: those of orders whose positions no export has listed yet, one row for each
-- position that the order counts. They are no tickets of `tickets`, and end when the order's list arrives.
with

orders as (

    select *
    from {{ ref('int_ticket_orders_settled') }} as orders
    where
        platform = 'pretix'
        and status <> 'unknown'
        and not exists (
            select 1
            from {{ ref('int_tickets_settled') }} as tickets
            where orders.order_key = tickets.order_key
        )

),

versions as (

    select
        sales.order_key,
        sales.changed_at,
        sales.positions_count,
        sales.status in ('cancelled', 'refunded', 'fee_kept') as is_ended,
        row_number() over (
            partition by sales.order_key
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number,
        sales.status in ('valid', 'refunded', 'fee_kept') as is_sold
    from {{ ref('int_ticket_sales_versioned') }} as sales
    inner join orders on sales.order_key = orders.order_key
    where
        sales.changed_at <= {{ ledgerline.as_of_instant() }}
        and sales.ordered_at is not null

),

-- From the first sold version on; an order that is not sold stands as it is now. The order's end takes every position
-- away by itself: an ended version says nothing of how many there were.
marked as (

    select
        versions.*,
        coalesce(
            min(case when versions.is_sold then versions.version_number end) over (partition by versions.order_key),
            case
                when orders.sold_at is null then max(versions.version_number) over (partition by versions.order_key)
                else 1
            end
        ) as first_number
    from versions
    inner join orders on versions.order_key = orders.order_key

),

counted as (

    select
        *,
        row_number() over (partition by order_key order by version_number) as count_number
    from marked
    where
        version_number >= first_number
        and not is_ended
        and positions_count is not null

),

peaks as (

    select
        order_key,
        max(positions_count) as positions_count
    from counted
    group by order_key
    having max(positions_count) > 0

),

units as (

    select
        order_key,
        {{ ledgerline.numbers_to('positions_count') }} as unit_number
    from peaks

),

-- When the order first counted so many, and when it last ceased to.
moments as (

    select
        units.order_key,
        units.unit_number,
        min(case when counted.positions_count >= units.unit_number then counted.count_number end) as added_number,
        max(case when counted.positions_count >= units.unit_number then counted.count_number end) as last_number
    from units
    inner join counted on units.order_key = counted.order_key
    group by units.order_key, units.unit_number

),

dated as (

    select
        moments.order_key,
        moments.unit_number,
        case when moments.added_number > 1 then added.changed_at end as added_at,
        removed.changed_at as removed_at
    from moments
    inner join counted as added
        on
            moments.order_key = added.order_key
            and moments.added_number = added.count_number
    left join counted as removed
        on
            moments.order_key = removed.order_key
            and moments.last_number + 1 = removed.count_number

),

settled as (

    select
        orders.organization_id,
        orders.event_key,
        orders.platform,
        orders.order_key,
        orders.currency,
        orders.status,
        orders.timezone,
        dated.unit_number,
        dated.added_at,
        orders.sold_on as order_sold_on,
        case when orders.sold_at is not null then coalesce(dated.added_at, orders.sold_at) end as sold_at,
        least(
            dated.removed_at,
            coalesce(least(orders.fully_refunded_at, orders.cancellation_at), orders.ended_at)
        ) as voided_at
    from dated
    inner join orders on dated.order_key = orders.order_key

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        order_key,
        unit_number,

        -- texts
        platform,
        currency,
        status,

        -- dates, in the event's zone
        case
            when sold_at is null then null
            when added_at is null then order_sold_on
            else {{ ledgerline.local_date('added_at', 'timezone') }}
        end as sold_on,
        case when voided_at is not null then {{ ledgerline.local_date('voided_at', 'timezone') }} end as voided_on,

        -- timestamps
        sold_at,
        voided_at

    from settled

)

select * from final
