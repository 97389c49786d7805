-- Every version of an order of ClickFunnels that landed, of the API and of webhooks: each file's JSON is read once. A
-- version's time is when the source changed the order, never when we heard of it.
{{ config(
    materialized='kept', work='int_order_files_fingerprinted', fingerprint='file_fingerprint',
    skip_older_runs_of=['stg_clickfunnels__orders', 'stg_clickfunnels__webhook_events']
) }}

with

file_fingerprints as (select * from {{ ref('int_order_files_fingerprinted') }}),

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

    select
        changed.*,
        {{ ledgerline.told_row_number('changed') }} as row_number_hash,
        file_fingerprints.file_fingerprint
    from changed
    inner join file_fingerprints
        on
            changed.input = file_fingerprints.input
            and changed.organization_id = file_fingerprints.organization_id
            and changed.source_hash = file_fingerprints.source_hash

)

select * from final
