with

payments as (

    select
        *,
        not(gift_part_cents > 0 and gift_part_cents = amount_cents) as is_ticket
    from {{ ref('int_square__payments_measured') }}
    where is_own_currency

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

organizations as (

    select * from {{ ref('int_square__organizations_priced') }}

),

summed as (

    select
        organization_id,
        location_id,
        payment_date,
        min(currency) as currency,
        sum(revenue_cents) as revenue_cents,
        sum(total_cents) as gross_cents,
        sum(tips_cents) as tips_cents,
        sum(refunded_cents) as refunded_cents,
        sum(gift_sale_cents) as gift_card_sales_cents,
        sum(case when is_ticket then 1 else 0 end) as payment_count,
        count(distinct case when is_ticket then customer_number end) as unique_customers
    from payments
    group by organization_id, location_id, payment_date

),

final as (

    select
        -- ids
        summed.organization_id,
        summed.location_id,

        -- texts
        coalesce(locations.location_name, 'Unknown location') as location_name,
        summed.currency,

        -- numerics
        cast(summed.revenue_cents as bigint) as revenue_cents,
        {{ ledgerline.dollars_of('summed.revenue_cents', 'organizations.minor_unit_exponent') }} as revenue_dollars,
        cast(summed.payment_count as integer) as payment_count,
        cast(summed.unique_customers as integer) as unique_customers,
        cast(summed.gross_cents as bigint) as gross_cents,
        cast(summed.tips_cents as bigint) as tips_cents,
        cast(summed.refunded_cents as bigint) as refunded_cents,
        cast(summed.gift_card_sales_cents as bigint) as gift_card_sales_cents,
        cast(
            coalesce({{ ledgerline.rounded_ratio('summed.revenue_cents', 'summed.payment_count') }}, 0) as bigint
        ) as avg_ticket_cents,

        -- dates
        summed.payment_date as date

    from summed
    left join locations
        on summed.organization_id = locations.organization_id and summed.location_id = locations.location_id
    left join organizations on summed.organization_id = organizations.organization_id

)

select * from final
