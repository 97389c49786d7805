-- The booking that an order belongs to: the one it names or is near to, else the one that it paid ahead or later.
with

final as (

    select * from {{ ref('int_square__orders_linked_nearby') }}

    union all

    select * from {{ ref('int_square__orders_linked_by_service') }}

)

select * from final
