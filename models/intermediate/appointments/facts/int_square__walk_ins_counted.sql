-- How often customers walked in, and when.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

walk_ins as (

    select
        customer_number,
        order_class,
        time_zone,
        {{ ledgerline.local_date('order_at', 'time_zone') }} as visit_date,
        order_at
    from {{ ref('int_square__walk_ins_found') }}
    where customer_number in (select customer_number from changed)

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
        min(order_at) as first_walk_in_at,
        max(case when walk_in_rank = 1 then order_at end) as last_walk_in_at,
        max(case when walk_in_rank = 1 then visit_date end) as last_walk_in_date,
        max(case when walk_in_rank = 1 then time_zone end) as last_walk_in_zone
    from walk_ins_in_order
    group by customer_number

)

select * from final
