-- What touched customers ordered.
with

final as (

    select
        orders.customer_number,
        count(case when orders.state = 'COMPLETED' and orders.order_class = 'retail' then 1 end) as retail_visits,
        cast(sum(case
            when orders.state = 'COMPLETED' and orders.discount_currency is not distinct from organizations.currency
                then orders.discount_cents
            else 0
        end) as bigint) as discount_cents,
        max(case when orders.state = 'COMPLETED' and orders.has_salon_line then 1 else 0 end) = 1 as has_salon_line,
        max(case when orders.state = 'COMPLETED' and orders.has_training_line then 1 else 0 end) = 1
            as has_training_line,
        min(orders.first_extracted_at) as first_extracted_at,
        max(orders.last_extracted_at) as last_extracted_at
    from {{ ref('int_square__orders_settled') }} as orders
    left join {{ ref('int_square__organizations_priced') }} as organizations
        on orders.organization_id = organizations.organization_id
    where orders.is_touched
    group by orders.customer_number

)

select * from final
