-- What each completed payment up to the as-of is made of, in minor units. A refund takes revenue first, then gift cards
-- sold, then tips, so that total = refunded + revenue + gift_sale + tips.
with

payments as (

    select * from {{ ref('int_square__payments_unioned') }}
    where status = 'COMPLETED' and created_at <= {{ ledgerline.as_of_instant() }}

),

refunds as (

    select * from {{ ref('int_square__refunds_unioned') }}

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

zones as (

    select time_zone from locations

    union

    select {{ ledgerline.reporting_zone() }} as time_zone

),

utc_offsets as (

    {{ ledgerline.utc_offsets_by_day('zones', ref('int_square__payments_unioned'), 'created_at') }}

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
        organization_id,
        order_id,
        sum(total_cents) as gift_cents
    from lines_classified
    where item_class = 'gift_card'
    group by organization_id, order_id

),

gift_card_tenders as (

    select distinct
        organization_id,
        order_id,
        payment_id
    from tenders
    where tender_type = 'SQUARE_GIFT_CARD'

),

joined as (

    select
        payments.*,
        orders.order_id is not null as has_order,
        orders.member_customer_id as order_customer_id,
        orders.location_id as order_location_id,
        gift_lines.gift_cents as order_gift_cents,
        refunds_summed.refunded_cents as listed_refunded_cents,
        payments.card_brand = 'SQUARE_GIFT_CARD' or gift_card_tenders.payment_id is not null as is_by_gift_card,
        refunds_summed.first_extracted_at as refunds_first_extracted_at,
        refunds_summed.last_extracted_at as refunds_last_extracted_at
    from payments
    left join orders
        on payments.organization_id = orders.organization_id and payments.order_id = orders.order_id
    left join gift_lines
        on orders.organization_id = gift_lines.organization_id and orders.order_id = gift_lines.order_id
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

-- The gift cards of an order are paid by its payments in their order, until they are used up.
gift_taken as (

    select
        organization_id,
        payment_id,
        greatest(0, least(amount_cents, order_gift_cents - coalesce(sum(amount_cents) over (
            partition by organization_id, order_id
            order by created_at, {{ ledgerline.by_bytes('payment_id') }}
            rows between unbounded preceding and 1 preceding
        ), 0))) as gift_cents
    from joined
    where order_gift_cents is not null and stated_gift_cents is null

),

parts as (

    select
        joined.*,
        cast(coalesce(joined.stated_gift_cents, gift_taken.gift_cents, 0) as bigint) as gift_part_cents,
        cast(least(
            joined.amount_cents + joined.tip_cents,
            greatest(joined.refunded_cents, coalesce(joined.listed_refunded_cents, 0))
        ) as bigint) as refund_cents
    from joined
    left join gift_taken
        on
            joined.organization_id = gift_taken.organization_id
            and joined.payment_id = gift_taken.payment_id

),

split as (

    select
        *,
        least(refund_cents, amount_cents - gift_part_cents) as refund_of_revenue_cents,
        least(greatest(refund_cents - (amount_cents - gift_part_cents), 0), gift_part_cents) as refund_of_gift_cents,
        least(greatest(refund_cents - amount_cents, 0), tip_cents) as refund_of_tip_cents
    from parts

),

final as (

    select
        -- ids
        split.organization_id,
        split.payment_id,
        coalesce(split.customer_id, split.order_customer_id) as member_customer_id,
        customers.canonical_customer_id,
        customers.customer_number,
        case when split.has_order then split.order_id end as order_id,
        coalesce(split.location_id, split.order_location_id, 'UNKNOWN') as location_id,

        -- texts
        split.currency,
        coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,

        -- numerics
        split.amount_cents,
        split.tip_cents,
        split.amount_cents + split.tip_cents as total_cents,
        split.gift_part_cents,
        split.refund_cents as refunded_cents,
        split.amount_cents - split.gift_part_cents - split.refund_of_revenue_cents as revenue_cents,
        split.gift_part_cents - split.refund_of_gift_cents as gift_sale_cents,
        split.tip_cents - split.refund_of_tip_cents as tips_cents,

        -- booleans
        coalesce(split.is_by_gift_card, false) as is_by_gift_card,
        coalesce(split.currency = organizations.currency, split.currency is null and organizations.currency is null)
            as is_own_currency,

        -- dates
        cast({{ ledgerline.local_time_by_offset(
            'split.created_at', 'coalesce(locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')',
            'utc_offsets.utc_offset'
        ) }} as date) as payment_date,

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
            coalesce(locations.time_zone, {{ ledgerline.reporting_zone() }}) = utc_offsets.time_zone
            and cast({{ ledgerline.utc_time('split.created_at') }} as date) = utc_offsets.utc_day

)

select * from final
