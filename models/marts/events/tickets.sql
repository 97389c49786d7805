with

tickets as (

    select * from {{ ref('int_tickets_settled') }}

),

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

ordered as (

    select
        tickets.*,
        {{ ledgerline.ticket_is_sold() }} as is_sold,
        {{ ledgerline.ticket_is_void() }} as is_void,
        {{ ledgerline.ticket_is_counted() }} as is_counted,
        orders.ordered_at
    from tickets
    left join (
        select
            order_key,
            min(ordered_at) as ordered_at
        from {{ ref('int_ticket_orders_settled') }}
        group by order_key
    ) as orders on tickets.order_key = orders.order_key

),

final as (

    select
        -- ids
        ordered.organization_id,
        ordered.ticket_key,
        ordered.order_key,
        ordered.event_key,
        ordered.ticket_type_id,
        ordered.attendee_hash,

        -- texts
        ordered.platform,
        ordered.ticket_type_name,
        ordered.currency,
        case
            when ordered.is_sold and ordered.is_void then 'void'
            when ordered.is_sold then 'valid'
            when ordered.status in ('cancelled', 'refunded') then 'cancelled'
            when ordered.status = 'unknown' then 'unknown'
            else 'pending'
        end as status,
        ordered.gender_bucket,
        ordered.age_bucket,

        -- numerics
        ordered.price_amount,

        -- booleans
        ordered.is_admission,
        ordered.is_complimentary,
        ordered.is_counted,
        ordered.is_checked_in,

        -- dates, in the event's zone
        case when ordered.is_sold then ordered.sold_on end as local_date,

        -- timestamps
        case when ordered.is_sold then ordered.sold_at end as sold_at,
        case when ordered.is_sold and ordered.is_void then ordered.voided_at end as voided_at,
        ordered.checked_in_at

    from ordered
    inner join events on ordered.event_key = events.event_key
    where ordered.ordered_at is null or ordered.ordered_at <= {{ ledgerline.as_of_instant() }}

)

select * from final
