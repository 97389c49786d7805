-- Payments that count once: Square's own, and those of exports for ids that Square's lack. A row of an export says its
-- own zone, place and, where it does, currency.
with

payments as (

    select * from {{ ref('stg_square__payments') }}

),

-- Not `payments` again: what is read in two places an engine may copy first, with all its columns.
landed_ids as (

    select
        organization_id,
        payment_id
    from {{ ref('stg_square__payments') }}

),

export_transactions as (

    select * from {{ ref('stg_square__export_transactions') }}

),

organizations as (

    select * from {{ ref('int_square__organizations_priced') }}

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

export_payments as (

    select
        export_transactions.organization_id,
        export_transactions.payment_id,
        min(export_transactions.customer_id) as customer_id,
        min(export_transactions.transaction_id) as order_id,
        min(locations.location_id) as location_id,
        coalesce(min(export_transactions.currency), min(organizations.currency)) as currency,
        sum(export_transactions.total_collected_amount) as total_amount,
        sum(export_transactions.tip_amount) as tip_amount,
        sum(export_transactions.gift_card_sales_amount) as gift_amount,
        min(export_transactions.time_zone) as time_zone,
        min(export_transactions.created_at) as created_at,
        min(export_transactions.extracted_at) as first_extracted_at,
        max(export_transactions.extracted_at) as last_extracted_at
    from export_transactions
    left join organizations on export_transactions.organization_id = organizations.organization_id
    left join locations
        on
            export_transactions.organization_id = locations.organization_id
            and lower(export_transactions.location_name) = locations.match_name
            and locations.name_rank = 1
    left join landed_ids
        on
            export_transactions.organization_id = landed_ids.organization_id
            and export_transactions.payment_id = landed_ids.payment_id
    where export_transactions.event_type = 'Payment' and landed_ids.payment_id is null
    group by export_transactions.organization_id, export_transactions.payment_id

),

final as (

    select
        organization_id,
        payment_id,
        customer_id,
        order_id,
        location_id,
        status,
        card_brand,
        currency,
        amount_cents,
        tip_cents,
        refunded_cents,
        cast(null as bigint) as stated_gift_cents,
        cast(null as varchar) as time_zone,
        created_at,
        first_extracted_at,
        last_extracted_at
    from payments
    where not is_deleted

    union all

    select
        export_payments.organization_id,
        export_payments.payment_id,
        export_payments.customer_id,
        export_payments.order_id,
        export_payments.location_id,
        'COMPLETED' as status,
        cast(null as varchar) as card_brand,
        export_payments.currency,
        {{ ledgerline.minor_units('export_payments.total_amount - export_payments.tip_amount', 'currencies.exponent') }}
            as amount_cents,
        {{ ledgerline.minor_units('export_payments.tip_amount', 'currencies.exponent') }} as tip_cents,
        cast(0 as bigint) as refunded_cents,
        {{ ledgerline.minor_units('export_payments.gift_amount', 'currencies.exponent') }} as stated_gift_cents,
        export_payments.time_zone,
        export_payments.created_at,
        export_payments.first_extracted_at,
        export_payments.last_extracted_at
    from export_payments
    left join currencies on export_payments.currency = currencies.code

)

select * from final
