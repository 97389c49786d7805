-- What is known of each order at the as-of, as one number: an order is settled anew when it changes, be it that rows
-- landed, that the clock passed a change, or that its event or a rule is another now. Hi.Events attendees name no
-- order; each stands for itself.
with

sales as (

    select
        order_key,
        event_key,
        row_number_hash
    from {{ ref('int_ticket_sales_versioned') }}
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and ordered_at is not null

),

-- Native and Eventbrite tickets come in the rows of their orders.
tickets as (

    select
        coalesce(order_key, ticket_key) as order_key,
        event_key,
        row_number_hash
    from {{ ref('int_tickets_versioned') }}
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and platform in ('pretix', 'hi_events')
        and not is_waiting

),

refunds as (

    select
        order_key,
        event_key,
        row_number_hash
    from {{ ref('int_ticket_refunds_versioned') }}
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and platform = 'pretix'

),

unioned as (

    select * from sales
    union all
    select * from tickets
    union all
    select * from refunds

),

final as (

    select
        order_key,
        {{ ledgerline.hash_number(
            "concat_ws('|', order_key, cast(sum(row_number_hash) as varchar), cast(count(*) as varchar))"
        ) }} as order_fingerprint
    from unioned
    group by order_key

)

select * from final
