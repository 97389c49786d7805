-- What the run says at its end: what has not been delivered of an event, so that a figure of it is NULL or provisional.
with

platforms as (

    select * from {{ ref('int_event_platforms_delivered') }}

),

unread as (

    select * from {{ ref('int_event_capacities_unread') }}

),

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

without_list as (

    select
        organization_id,
        'no ticket list yet for ' || cast(orders_without_list as varchar)
        || case orders_without_list when 1 then ' order' else ' orders' end || ' of ' || event_key || ': '
        || case
            when knows_tickets then 'they count by their own positions until it comes'
            else 'their tickets are not known'
        end
        || '; export the '
        || case platform when 'pretix' then 'order positions of pretix' else 'attendees of Hi.Events' end as message
    from platforms
    where orders_without_list > 0

),

without_money as (

    select
        organization_id,
        'no orders yet for the tickets of ' || event_key || ': what they brought is not known; export the orders of '
        || case platform when 'pretix' then 'pretix' else 'Hi.Events' end as message
    from platforms
    where not knows_money

),

without_capacity as (

    select
        events.organization_id,
        'a quota or ticket type of ' || events.event_key
        || ' could not be read: its capacity is not known; `ledgerline rejected ticketing` names the line' as message
    from unread
    inner join events on unread.event_key = events.event_key
    -- Where the event states its capacity itself, nothing rests on the others.
    where
        events.capacity is null
        and not events.is_unlimited

),

final as (

    select * from without_list
    union all
    select * from without_money
    union all
    select * from without_capacity

)

select * from final
