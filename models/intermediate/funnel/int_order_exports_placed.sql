-- Rows of order exports with the order that each means, up to the as-of. With a number alone it is the order of that
-- number; a row that does not say when it was true counts only where nobody else knows the order.
with

versions as (

    select * from {{ ref('int_clickfunnels_orders_unioned') }}

),

exports as (

    select * from {{ ref('stg_clickfunnels__export_orders') }}
    where greatest(updated_at, created_at) <= {{ ledgerline.as_of_instant() }}

),

-- Only orders that exports speak of: there are few exports, and millions of orders.
numbered_orders as (

    select
        versions.organization_id,
        versions.order_number,
        min(versions.source_order_id) as source_order_id
    from versions
    inner join exports
        on versions.organization_id = exports.organization_id and versions.order_number = exports.order_number
    group by versions.organization_id, versions.order_number

),

-- Of orders that exports alone know, an id and a number may stand in different rows.
exported_numbers as (

    select
        organization_id,
        order_number,
        min(order_id) as source_order_id
    from exports
    where order_id is not null and order_number is not null
    group by organization_id, order_number

),

export_versions as (

    select
        exports.*,
        coalesce(
            exports.order_id,
            numbered_orders.source_order_id,
            exported_numbers.source_order_id,
            'number:' || exports.order_number
        ) as source_order_id,
        coalesce(exports.updated_at, exports.created_at) as changed_at,
        {{ ledgerline.observed_at('exports.updated_at', 'exports.extracted_at') }} as observed_at
    from exports
    left join numbered_orders
        on
            exports.organization_id = numbered_orders.organization_id
            and exports.order_number = numbered_orders.order_number
    left join exported_numbers
        on
            exports.organization_id = exported_numbers.organization_id
            and exports.order_number = exported_numbers.order_number

),

known_orders as (

    select distinct
        versions.organization_id,
        versions.source_order_id
    from versions
    inner join export_versions
        on
            versions.organization_id = export_versions.organization_id
            and versions.source_order_id = export_versions.source_order_id

),

final as (

    select export_versions.*
    from export_versions
    left join known_orders
        on
            export_versions.organization_id = known_orders.organization_id
            and export_versions.source_order_id = known_orders.source_order_id
    where export_versions.updated_at is not null or known_orders.source_order_id is null

)

select * from final
