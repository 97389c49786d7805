-- Walk-ins of touched people: completed orders of a service or a training without a booking.
with

walk_ins as (

    select
        orders.customer_number,
        orders.order_class,
        orders.time_zone,
        {{ ledgerline.local_date('orders.order_at', 'orders.time_zone') }} as visit_date,
        orders.order_at
    from {{ ref('int_square__orders_settled') }} as orders
    left join {{ ref('int_square__orders_linked') }} as links
        on orders.organization_id = links.organization_id and orders.order_id = links.order_id
    where
        orders.is_touched
        and orders.state = 'COMPLETED'
        and orders.order_class in ('salon', 'training')
        and links.booking_id is null

),

walk_ins_in_order as (

    select
        *,
        row_number() over (
            partition by customer_number
            order by order_at desc, {{ ledgerline.by_bytes('time_zone') }} asc
        ) as walk_in_rank
    from walk_ins

),

final as (

    select
        customer_number,
        count(case when order_class = 'salon' then 1 end) as service_order_visits,
        count(case when order_class = 'training' then 1 end) as training_visits,
        max(case when walk_in_rank = 1 then order_at end) as last_walk_in_at,
        max(case when walk_in_rank = 1 then visit_date end) as last_walk_in_date,
        max(case when walk_in_rank = 1 then time_zone end) as last_walk_in_zone
    from walk_ins_in_order
    group by customer_number

)

select * from final
