-- Completed refunds: Square's own, and those of exports for payments that Square's lack. One after the as-of is none
-- yet: whoever reads them leaves it out.
with

refunds as (

    select * from {{ ref('stg_square__refunds') }}

),

payments as (

    select * from {{ ref('stg_square__payments') }}

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

final as (

    select
        organization_id,
        refund_id,
        payment_id,
        location_id,
        currency,
        amount_cents,
        cast(null as varchar) as time_zone,
        created_at,
        first_extracted_at,
        last_extracted_at
    from refunds
    where not is_deleted and status = 'COMPLETED'

    union all

    select
        export_transactions.organization_id,
        export_transactions.transaction_id || '>' || export_transactions.payment_id as refund_id,
        export_transactions.payment_id,
        locations.location_id,
        coalesce(export_transactions.currency, organizations.currency) as currency,
        {{ ledgerline.minor_units('export_transactions.total_collected_amount', 'currencies.exponent') }}
            as amount_cents,
        export_transactions.time_zone,
        export_transactions.created_at,
        export_transactions.extracted_at as first_extracted_at,
        export_transactions.extracted_at as last_extracted_at
    from export_transactions
    left join organizations on export_transactions.organization_id = organizations.organization_id
    left join currencies on coalesce(export_transactions.currency, organizations.currency) = currencies.code
    left join locations
        on
            export_transactions.organization_id = locations.organization_id
            and lower(export_transactions.location_name) = locations.match_name
            and locations.name_rank = 1
    left join payments
        on
            export_transactions.organization_id = payments.organization_id
            and export_transactions.payment_id = payments.payment_id
    where
        export_transactions.event_type = 'Refund'
        and payments.payment_id is null

)

select * from final
