-- What customers ordered.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

final as (

    select
        customer_number,
        count(case when state = 'COMPLETED' and order_class = 'retail' then 1 end) as retail_visits,
        cast(sum(case
            when state = 'COMPLETED' and is_own_currency then discount_cents else 0
        end) as bigint) as discount_cents,
        max(case when state = 'COMPLETED' and has_salon_line then 1 else 0 end) = 1 as has_salon_line,
        max(case when state = 'COMPLETED' and has_training_line then 1 else 0 end) = 1
            as has_training_line,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from {{ ref('int_square__orders_settled') }}
    where customer_number in (select customer_number from changed)
    group by customer_number

)

select * from final
