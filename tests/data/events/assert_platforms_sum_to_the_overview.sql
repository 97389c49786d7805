-- An event's platforms sum to it: the money in its own currency, the tickets in all. A failure means that a platform's
-- rows were left out or counted twice. Returns the event with both sides.
with

platforms as (

    select
        platforms.event_key,
        sum(case when platforms.currency = overview.currency then platforms.amount else 0 end) as amount,
        sum(platforms.tickets_sold) as tickets_sold
    from {{ ref('event_platform_sales') }} as platforms
    inner join {{ ref('event_overview') }} as overview on platforms.event_key = overview.event_key
    group by platforms.event_key

)

select
    overview.event_key,
    overview.total_sales_to_date,
    overview.tickets_sold,
    platforms.amount,
    platforms.tickets_sold as platform_tickets
from {{ ref('event_overview') }} as overview
left join platforms on overview.event_key = platforms.event_key
where
    overview.total_sales_to_date <> coalesce(platforms.amount, 0)
    or overview.tickets_sold <> coalesce(platforms.tickets_sold, 0)
