-- What each platform of an event has told: its money, its tickets, and the lists that name them. A kind of input that
-- the tenant has never delivered tells nothing; neither do orders whose tickets no list has and no order counts.
with

orders as (

    select
        organization_id,
        event_key,
        platform,
        order_key,
        sold_at <= {{ ledgerline.as_of_instant() }} as is_sold
    from {{ ref('int_ticket_orders_settled') }}

),

tickets as (

    select
        organization_id,
        event_key,
        platform,
        count(case when is_listed then 1 end) as listed_count,
        count(case when not is_listed then 1 end) as unlisted_count
    from {{ ref('int_event_tickets_told') }}
    group by organization_id, event_key, platform

),

-- Lists that came: of an order of pretix its own; attendees of Hi.Events do not name their order, so that any of the
-- event's is a list.
listed_orders as (

    select distinct order_key
    from {{ ref('int_tickets_settled') }}
    where platform = 'pretix'

),

listed_events as (

    select distinct event_key
    from {{ ref('int_tickets_settled') }}
    where platform = 'hi_events'

),

-- Orders that are sold, whose tickets come in a list of their own, and have not come.
unlisted_orders as (

    select distinct
        orders.event_key,
        orders.platform,
        orders.order_key
    from orders
    left join listed_orders on orders.order_key = listed_orders.order_key
    left join listed_events on orders.event_key = listed_events.event_key
    where
        orders.is_sold
        and (
            (orders.platform = 'pretix' and listed_orders.order_key is null)
            or (orders.platform = 'hi_events' and listed_events.event_key is null)
        )

),

-- Orders that say how many positions they have, be it none.
counting_orders as (

    select distinct order_key
    from {{ ref('int_ticket_sales_versioned') }}
    where
        positions_count is not null
        and changed_at <= {{ ledgerline.as_of_instant() }}

),

without_list as (

    select
        unlisted_orders.event_key,
        unlisted_orders.platform,
        count(*) as orders_count,
        count(counting_orders.order_key) as counting_count
    from unlisted_orders
    left join counting_orders on unlisted_orders.order_key = counting_orders.order_key
    group by unlisted_orders.event_key, unlisted_orders.platform

),

met as (

    select
        organization_id,
        event_key,
        platform,
        max(has_orders) as has_orders
    from (
        select distinct
            organization_id,
            event_key,
            platform,
            1 as has_orders
        from orders

        union all

        select
            organization_id,
            event_key,
            platform,
            0 as has_orders
        from tickets
    ) as seen
    group by organization_id, event_key, platform

),

told as (

    select
        met.organization_id,
        met.event_key,
        met.platform,
        coalesce(without_list.orders_count, 0) as orders_without_list,
        coalesce(tickets.listed_count, 0) as listed_count,
        coalesce(tickets.unlisted_count, 0) + coalesce(without_list.counting_count, 0) as unlisted_count,
        max(met.has_orders) over (partition by met.organization_id, met.platform) = 1 as knows_money,
        -- A shop's orders and Eventbrite's attendees are the list themselves.
        max(
            case
                when met.platform in ('native', 'eventbrite') then 1
                when tickets.listed_count > 0 then 1
                else 0
            end
        ) over (partition by met.organization_id, met.platform) = 1 as has_lists,
        max(
            case
                when tickets.listed_count + tickets.unlisted_count > 0 or without_list.counting_count > 0 then 1
                else 0
            end
        ) over (partition by met.organization_id, met.platform) = 1 as has_tickets
    from met
    left join tickets
        on
            met.event_key = tickets.event_key
            and met.platform = tickets.platform
    left join without_list
        on
            met.event_key = without_list.event_key
            and met.platform = without_list.platform

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        platform,

        -- numerics
        orders_without_list,

        -- booleans
        knows_money,
        listed_count > 0 or (has_lists and orders_without_list = 0) as knows_lists,
        listed_count + unlisted_count > 0
        or ((has_lists or has_tickets) and orders_without_list = 0) as knows_tickets

    from told

)

select * from final
