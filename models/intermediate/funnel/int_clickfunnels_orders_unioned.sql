-- Every version of an order of ClickFunnels, of the API and of webhooks, up to the as-of. A version's time is when the
-- source changed the order, never when we heard of it.
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

    {{ ledgerline.webhook_texts('orders', ledgerline.order_keys()) }}

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

-- A deletion happens when its event says, whenever the order was last touched before.
changed as (

    select
        *,
        case
            when is_deletion then greatest(updated_at, event_at, created_at)
            else coalesce(updated_at, event_at, created_at)
        end as changed_at
    from clickfunnels

),

final as (

    select * from changed
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

)

select * from final
