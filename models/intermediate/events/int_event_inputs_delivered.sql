-- What an event's figures may rest on. A sum over several platforms adds what was delivered; an event of which nothing
-- has come yet has none of whatever its tenant delivers for others.
with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

platforms as (

    select * from {{ ref('int_event_platforms_delivered') }}

),

tenants as (

    select
        organization_id,
        max(case when knows_money then 1 else 0 end) = 1 as knows_money,
        max(case when knows_tickets then 1 else 0 end) = 1 as knows_tickets,
        max(case when knows_lists then 1 else 0 end) = 1 as knows_lists
    from platforms
    group by organization_id

),

of_events as (

    select
        event_key,
        sum(orders_without_list) as orders_without_list,
        max(case when knows_money then 1 else 0 end) = 1 as knows_money,
        max(case when knows_tickets then 1 else 0 end) = 1 as knows_tickets,
        max(case when knows_lists then 1 else 0 end) = 1 as knows_lists
    from platforms
    group by event_key

),

final as (

    select
        -- ids
        events.organization_id,
        events.event_key,

        -- numerics
        cast(coalesce(of_events.orders_without_list, 0) as bigint) as orders_without_list,

        -- booleans
        coalesce(of_events.knows_money, tenants.knows_money, false) as knows_money,
        coalesce(of_events.knows_tickets, tenants.knows_tickets, false) as knows_tickets,
        coalesce(of_events.knows_lists, tenants.knows_lists, false) as knows_lists

    from events
    left join of_events on events.event_key = of_events.event_key
    left join tenants on events.organization_id = tenants.organization_id

)

select * from final
