-- Every version of an order that anybody told us of, up to the as-of: of the API, webhooks, the second checkout and
-- exports. A version's time is when the source changed the order, never when we heard of it.
with

api_orders as (

    select
        *,
        'api' as input,
        false as is_deletion,
        cast(null as timestamptz) as event_at,
        cast(null as bigint) as funnel_id,
        cast(null as varchar) as funnel_public_id,
        cast(null as varchar) as envelope_funnel_name,
        cast(null as bigint) as envelope_page_id,
        cast(null as varchar) as envelope_page,
        cast(null as varchar) as envelope_page_public_id
    from {{ ref('stg_clickfunnels__orders') }}

),

webhook_texts as (

    select
        *,
        {{ ledgerline.json_texts('data', ledgerline.order_keys()) }} as texts
    from {{ ref('stg_clickfunnels__webhook_events') }}
    where data_kind = 'orders'

),

webhook_orders as (

    select
        organization_id,
        {{ ledgerline.order_columns() }},
        source_file,
        source_hash,
        source_row,
        extracted_at,
        landed_run,
        'webhook' as input,
        event_type = 'order.deleted' as is_deletion,
        event_at,
        funnel_id,
        funnel_public_id,
        funnel_name as envelope_funnel_name,
        page_id as envelope_page_id,
        page as envelope_page,
        page_public_id as envelope_page_public_id
    from webhook_texts

),

clickfunnels as (

    select * from api_orders
    union all
    select * from webhook_orders

),

spiffy as (

    select * from {{ ref('stg_clickfunnels__spiffy_events') }}

),

exports as (

    select * from {{ ref('stg_clickfunnels__export_orders') }}

),

-- A deletion happens when its event says, whenever the order was last touched before.
clickfunnels_versions as (

    select
        *,
        case
            when is_deletion then greatest(coalesce(updated_at, event_at), event_at)
            else coalesce(updated_at, event_at, created_at)
        end as changed_at
    from clickfunnels

),

visible_versions as (

    select * from clickfunnels_versions
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

),

numbered_orders as (

    select
        organization_id,
        order_number,
        min(source_order_id) as source_order_id
    from visible_versions
    where order_number is not null
    group by organization_id, order_number

),

known_orders as (

    select distinct
        organization_id,
        source_order_id
    from visible_versions

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
        coalesce(exports.updated_at, exports.created_at) as changed_at
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

-- A row that does not say when it was true counts only where nobody else knows the order.
telling_export_versions as (

    select export_versions.*
    from export_versions
    left join known_orders
        on
            export_versions.organization_id = known_orders.organization_id
            and export_versions.source_order_id = known_orders.source_order_id
    where
        greatest(export_versions.changed_at, export_versions.created_at) <= {{ ledgerline.as_of_instant() }}
        and (export_versions.updated_at is not null or known_orders.source_order_id is null)

),

unioned as (

    select
        organization_id,
        'ClickFunnels' as order_source,
        source_order_id,
        input,
        case input when 'api' then 1 else 2 end as input_rank,
        clickfunnels_contact_id,
        email,
        cast(null as varchar) as full_name,
        cast(null as varchar) as first_name,
        cast(null as varchar) as last_name,
        cast(null as varchar) as phone,
        order_number,
        source_status,
        order_total,
        currency,
        is_test,
        is_deletion,
        created_at,
        updated_at,
        event_at,
        changed_at,
        funnel_name,
        funnel_id,
        funnel_public_id,
        envelope_funnel_name,
        channel_funnel_id,
        channel_funnel_public_id,
        channel_funnel_name,
        page,
        page_id,
        page_public_id,
        envelope_page,
        envelope_page_id,
        envelope_page_public_id,
        {{ ledgerline.address_columns() }},
        own_touch,
        contact_visit_touch,
        contact_attribute_touch,
        line_items,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from visible_versions

    union all

    select
        organization_id,
        'Spiffy' as order_source,
        source_order_id,
        'spiffy' as input,
        1 as input_rank,
        cast(null as bigint) as clickfunnels_contact_id,
        email,
        cast(null as varchar) as full_name,
        first_name,
        last_name,
        phone,
        cast(null as varchar) as order_number,
        source_status,
        order_total,
        'USD' as currency,
        cast(null as boolean) as is_test,
        false as is_deletion,
        created_at,
        updated_at,
        cast(null as timestamptz) as event_at,
        coalesce(updated_at, created_at) as changed_at,
        offer_name as funnel_name,
        {{ ledgerline.id_of_text('checkout_id') }} as funnel_id,
        cast(null as varchar) as funnel_public_id,
        cast(null as varchar) as envelope_funnel_name,
        cast(null as bigint) as channel_funnel_id,
        cast(null as varchar) as channel_funnel_public_id,
        cast(null as varchar) as channel_funnel_name,
        cast(null as varchar) as page,
        cast(null as bigint) as page_id,
        cast(null as varchar) as page_public_id,
        cast(null as varchar) as envelope_page,
        cast(null as bigint) as envelope_page_id,
        cast(null as varchar) as envelope_page_public_id,
        {{ ledgerline.address_columns(['first_name', 'last_name', 'organization_name', 'phone_number']) }},
        own_touch,
        cast(null as varchar) as contact_visit_touch,
        cast(null as varchar) as contact_attribute_touch,
        items as line_items,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from spiffy
    where greatest(updated_at, created_at) <= {{ ledgerline.as_of_instant() }}

    union all

    select
        organization_id,
        'ClickFunnels' as order_source,
        source_order_id,
        'export' as input,
        3 as input_rank,
        cast(null as bigint) as clickfunnels_contact_id,
        email,
        full_name,
        cast(null as varchar) as first_name,
        cast(null as varchar) as last_name,
        phone,
        order_number,
        source_status,
        order_total,
        currency,
        cast(null as boolean) as is_test,
        false as is_deletion,
        created_at,
        updated_at,
        cast(null as timestamptz) as event_at,
        changed_at,
        funnel_name,
        cast(null as bigint) as funnel_id,
        cast(null as varchar) as funnel_public_id,
        cast(null as varchar) as envelope_funnel_name,
        cast(null as bigint) as channel_funnel_id,
        cast(null as varchar) as channel_funnel_public_id,
        cast(null as varchar) as channel_funnel_name,
        cast(null as varchar) as page,
        cast(null as bigint) as page_id,
        cast(null as varchar) as page_public_id,
        cast(null as varchar) as envelope_page,
        cast(null as bigint) as envelope_page_id,
        cast(null as varchar) as envelope_page_public_id,
        {{ ledgerline.address_columns(ledgerline.address_parts()) }},
        cast(null as varchar) as own_touch,
        cast(null as varchar) as contact_visit_touch,
        cast(null as varchar) as contact_attribute_touch,
        cast(null as varchar) as line_items,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from telling_export_versions

),

-- 1 is the newest.
final as (

    select
        *,
        row_number() over (
            partition by organization_id, order_source, source_order_id
            order by
                changed_at desc,
                extracted_at desc,
                input_rank,
                landed_run desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as version_rank
    from unioned

)

select * from final
