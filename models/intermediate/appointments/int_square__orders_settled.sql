-- An order's class, its customer and where its day is counted; in the order of bookings.
with

orders as (

    select * from {{ ref('int_square__orders_unioned') }}
    where order_at <= {{ ledgerline.as_of_instant() }}

),

lines_classified as (

    select * from {{ ref('int_square__orders_classified') }}

),

payments as (

    select * from {{ ref('int_square__payments_unioned') }}

),

customers as (

    select * from {{ ref('int_square__customers_resolved') }}

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

organizations as (

    select * from {{ ref('int_square__organizations_priced') }}

),

classes as (

    select
        organization_id,
        order_id,
        case
            when max(case when item_class = 'salon' then 1 end) = 1 then 'salon'
            when max(case when item_class = 'training' then 1 end) = 1 then 'training'
            when max(case when item_class = 'retail' then 1 end) = 1 then 'retail'
            when max(case when item_class = 'other' then 1 end) = 1 then 'other'
            else 'gift_card'
        end as order_class,
        max(case when item_class = 'salon' then 1 else 0 end) = 1 as has_salon_line,
        max(case when item_class = 'training' then 1 else 0 end) = 1 as has_training_line,
        min(case when item_class in ('retail', 'gift_card') then 1 else 0 end) = 1 as is_retail_only
    from lines_classified
    group by organization_id, order_id

),

-- Who paid first is the customer of an order that names none.
payers as (

    select
        organization_id,
        order_id,
        customer_id,
        row_number() over (
            partition by organization_id, order_id
            order by created_at, {{ ledgerline.by_bytes('payment_id') }}
        ) as payer_rank
    from payments
    where order_id is not null and customer_id is not null

),

attributed as (

    select
        orders.*,
        coalesce(orders.customer_id, payers.customer_id) as member_customer_id
    from orders
    left join payers
        on
            orders.organization_id = payers.organization_id
            and orders.order_id = payers.order_id
            and payers.payer_rank = 1

),

final as (

    select
        attributed.organization_id,
        attributed.order_id,
        attributed.member_customer_id,
        customers.customer_number,
        attributed.location_id,
        attributed.reference_id,
        attributed.metadata_booking_id,
        attributed.state,
        classes.order_class,
        attributed.discount_currency,
        attributed.discount_cents,
        coalesce(classes.has_salon_line, false) as has_salon_line,
        coalesce(classes.has_training_line, false) as has_training_line,
        coalesce(classes.is_retail_only, false) as is_retail_only,
        coalesce(
            attributed.discount_currency = organizations.currency,
            attributed.discount_currency is null and organizations.currency is null
        ) as is_own_currency,
        attributed.order_at,
        coalesce(attributed.time_zone, locations.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        attributed.first_extracted_at,
        attributed.last_extracted_at
    from attributed
    left join classes
        on attributed.organization_id = classes.organization_id and attributed.order_id = classes.order_id
    left join customers
        on
            attributed.organization_id = customers.organization_id
            and attributed.member_customer_id = customers.customer_id
    left join organizations on attributed.organization_id = organizations.organization_id
    left join locations
        on attributed.organization_id = locations.organization_id and attributed.location_id = locations.location_id

)

select * from final
order by customer_number
