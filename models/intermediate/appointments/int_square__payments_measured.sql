-- What each completed payment up to the as-of is made of, in minor units. A refund takes revenue first, then gift cards
-- sold, then tips, so that total = refunded + revenue + gift_sale + tips. In the order of bookings.
{#- The row's own zone, else its place's. -#}
{%- set zone = 'coalesce(split.time_zone, locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')' %}
with

payments as (

    select * from {{ ref('int_square__payments_unioned') }}
    where status = 'COMPLETED' and created_at <= {{ ledgerline.as_of_instant() }}

),

-- Not `payments` again: what is read in two places an engine may copy first, with all its columns.
payments_of_orders as (

    select
        organization_id,
        payment_id,
        order_id,
        amount_cents,
        stated_gift_cents,
        created_at
    from {{ ref('int_square__payments_unioned') }}
    where status = 'COMPLETED' and created_at <= {{ ledgerline.as_of_instant() }} and order_id is not null

),

refunds as (

    select * from {{ ref('int_square__refunds_unioned') }}
    where created_at <= {{ ledgerline.as_of_instant() }}

),

orders as (

    select * from {{ ref('int_square__orders_settled') }}

),

lines_classified as (

    select * from {{ ref('int_square__orders_classified') }}

),

tenders as (

    select * from {{ ref('stg_square__order_tenders') }}

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

utc_offsets as (

    select * from {{ ref('int_square__utc_offsets_found') }}

),

refunds_summed as (

    select
        organization_id,
        payment_id,
        sum(amount_cents) as refunded_cents,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from refunds
    group by organization_id, payment_id

),

gift_lines as (

    select
        lines_classified.organization_id,
        lines_classified.order_id,
        sum(lines_classified.total_cents) as gift_cents
    from lines_classified
    inner join orders
        on
            lines_classified.organization_id = orders.organization_id
            and lines_classified.order_id = orders.order_id
    where lines_classified.item_class = 'gift_card'
    group by lines_classified.organization_id, lines_classified.order_id

),

gift_card_tenders as (

    select distinct
        organization_id,
        order_id,
        payment_id
    from tenders
    where tender_type = 'SQUARE_GIFT_CARD'

),

-- The gift cards of an order are paid by its payments in their order, until they are used up.
gift_payments as (

    select
        gift_lines.organization_id,
        payments_of_orders.payment_id,
        greatest(0, least(
            payments_of_orders.amount_cents,
            gift_lines.gift_cents - coalesce(sum(payments_of_orders.amount_cents) over (
                partition by gift_lines.organization_id, gift_lines.order_id
                order by payments_of_orders.created_at, {{ ledgerline.by_bytes('payments_of_orders.payment_id') }}
                rows between unbounded preceding and 1 preceding
            ), 0)
        )) as gift_cents
    from gift_lines
    inner join payments_of_orders
        on
            gift_lines.organization_id = payments_of_orders.organization_id
            and gift_lines.order_id = payments_of_orders.order_id
    where payments_of_orders.stated_gift_cents is null

),

joined as (

    select
        payments.*,
        orders.order_id is not null as has_order,
        orders.member_customer_id as order_customer_id,
        orders.location_id as order_location_id,
        payments.card_brand = 'SQUARE_GIFT_CARD' or gift_card_tenders.payment_id is not null as is_by_gift_card,
        cast(coalesce(payments.stated_gift_cents, gift_payments.gift_cents, 0) as bigint) as gift_part_cents,
        cast(least(
            payments.amount_cents + payments.tip_cents,
            greatest(payments.refunded_cents, coalesce(refunds_summed.refunded_cents, 0))
        ) as bigint) as refund_cents,
        refunds_summed.first_extracted_at as refunds_first_extracted_at,
        refunds_summed.last_extracted_at as refunds_last_extracted_at
    from payments
    left join orders
        on payments.organization_id = orders.organization_id and payments.order_id = orders.order_id
    left join gift_payments
        on
            payments.organization_id = gift_payments.organization_id
            and payments.payment_id = gift_payments.payment_id
    left join refunds_summed
        on
            payments.organization_id = refunds_summed.organization_id
            and payments.payment_id = refunds_summed.payment_id
    left join gift_card_tenders
        on
            orders.organization_id = gift_card_tenders.organization_id
            and orders.order_id = gift_card_tenders.order_id
            and payments.payment_id = gift_card_tenders.payment_id

),

split as (

    select
        *,
        least(refund_cents, amount_cents - gift_part_cents) as refund_of_revenue_cents,
        least(greatest(refund_cents - (amount_cents - gift_part_cents), 0), gift_part_cents) as refund_of_gift_cents,
        least(greatest(refund_cents - amount_cents, 0), tip_cents) as refund_of_tip_cents
    from joined

),

final as (

    select
        -- ids
        split.organization_id,
        split.payment_id,
        coalesce(split.customer_id, split.order_customer_id) as member_customer_id,
        customers.customer_number,
        case when split.has_order then split.order_id end as order_id,
        coalesce(split.location_id, split.order_location_id, 'UNKNOWN') as location_id,

        -- texts
        split.currency,

        -- numerics
        split.amount_cents,
        split.tip_cents,
        split.amount_cents + split.tip_cents as total_cents,
        split.gift_part_cents,
        split.refund_cents as refunded_cents,
        split.amount_cents - split.gift_part_cents - split.refund_of_revenue_cents as revenue_cents,
        split.gift_part_cents - split.refund_of_gift_cents as gift_sale_cents,
        split.tip_cents - split.refund_of_tip_cents as tips_cents,
        {{ ledgerline.square_window_days('split.created_at', [90, 365]) }} as window_days,

        -- booleans
        coalesce(split.is_by_gift_card, false) as is_by_gift_card,
        coalesce(split.currency = organizations.currency, split.currency is null and organizations.currency is null)
            as is_own_currency,

        -- dates
        cast({{ ledgerline.local_time_by_offset('split.created_at', zone, 'utc_offsets.utc_offset') }} as date)
            as payment_date,

        -- timestamps
        split.created_at,
        least(split.first_extracted_at, split.refunds_first_extracted_at) as first_extracted_at,
        greatest(split.last_extracted_at, split.refunds_last_extracted_at) as last_extracted_at

    from split
    left join organizations on split.organization_id = organizations.organization_id
    left join customers
        on
            split.organization_id = customers.organization_id
            and coalesce(split.customer_id, split.order_customer_id) = customers.customer_id
    left join locations
        on
            split.organization_id = locations.organization_id
            and coalesce(split.location_id, split.order_location_id) = locations.location_id
    left join utc_offsets
        on
            {{ zone }} = utc_offsets.time_zone
            and cast({{ ledgerline.utc_time('split.created_at') }} as date) = utc_offsets.utc_day

)

select * from final
order by customer_number
