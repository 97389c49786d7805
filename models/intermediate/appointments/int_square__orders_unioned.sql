-- Orders that count once: Square's own, and those of item exports for ids that Square's lack. One whose time is after
-- the as-of is none yet: whoever reads them leaves it out.
with

orders as (

    select * from {{ ref('stg_square__orders') }}

),

-- Not `orders` again: what is read in two places an engine may copy first, with all its columns.
landed_ids as (

    select
        organization_id,
        order_id
    from {{ ref('stg_square__orders') }}

),

export_items as (

    select * from {{ ref('stg_square__export_items') }}

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

export_orders as (

    select
        export_items.organization_id,
        export_items.transaction_id as order_id,
        min(export_items.customer_id) as customer_id,
        min(locations.location_id) as location_id,
        coalesce(min(export_items.currency), min(organizations.currency)) as currency,
        sum(export_items.discount_amount) as discount_amount,
        min(export_items.time_zone) as time_zone,
        min(export_items.created_at) as order_at,
        min(export_items.extracted_at) as first_extracted_at,
        max(export_items.extracted_at) as last_extracted_at
    from export_items
    left join organizations on export_items.organization_id = organizations.organization_id
    left join locations
        on
            export_items.organization_id = locations.organization_id
            and lower(export_items.location_name) = locations.match_name
            and locations.name_rank = 1
    left join landed_ids
        on
            export_items.organization_id = landed_ids.organization_id
            and export_items.transaction_id = landed_ids.order_id
    where landed_ids.order_id is null
    group by export_items.organization_id, export_items.transaction_id

),

final as (

    select
        organization_id,
        order_id,
        customer_id,
        location_id,
        state,
        coalesce(nullif(reference_id, ''), nullif(metadata_booking_id, '')) as reference_id,
        metadata_booking_id,
        discount_currency,
        discount_cents,
        cast(null as varchar) as time_zone,
        coalesce(closed_at, created_at) as order_at,
        first_extracted_at,
        last_extracted_at
    from orders
    where not is_deleted

    union all

    select
        export_orders.organization_id,
        export_orders.order_id,
        export_orders.customer_id,
        export_orders.location_id,
        'COMPLETED' as state,
        cast(null as varchar) as reference_id,
        cast(null as varchar) as metadata_booking_id,
        export_orders.currency as discount_currency,
        {{ ledgerline.minor_units('export_orders.discount_amount', 'currencies.exponent') }} as discount_cents,
        export_orders.time_zone,
        export_orders.order_at,
        export_orders.first_extracted_at,
        export_orders.last_extracted_at
    from export_orders
    left join currencies on export_orders.currency = currencies.code

)

select * from final
