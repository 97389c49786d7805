-- Every version of an order that anybody told us of, up to the as-of: of the API, webhooks, the second checkout and
-- exports, numbered from the newest.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_orders_fingerprinted'), 'order_fingerprint') }}"
) }}

with

changed_orders as (

    {{ ledgerline.not_kept(ref('int_orders_fingerprinted'), 'order_fingerprint') }}

),

clickfunnels as (

    select * from {{ ref('int_clickfunnels_orders_unioned') }}

),

spiffy as (

    select * from {{ ref('stg_clickfunnels__spiffy_events') }}

),

exports as (

    select * from {{ ref('int_order_exports_placed') }}

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
        observed_at,
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
    from clickfunnels

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
        {{ ledgerline.observed_at('updated_at') }} as observed_at,
        offer_name as funnel_name,
        {{ ledgerline.id_of_text('checkout_id') }} as funnel_id,
        {{ ledgerline.no_page_columns() }},
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
        observed_at,
        funnel_name,
        cast(null as bigint) as funnel_id,
        {{ ledgerline.no_page_columns() }},
        {{ ledgerline.address_columns(ledgerline.address_parts()) }},
        cast(null as varchar) as own_touch,
        cast(null as varchar) as contact_visit_touch,
        cast(null as varchar) as contact_attribute_touch,
        line_items,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from exports

),

-- 1 is the newest.
final as (

    select
        changed_orders.order_fingerprint,
        unioned.*,
        row_number() over (
            partition by changed_orders.order_fingerprint
            order by
                unioned.changed_at desc,
                unioned.extracted_at desc,
                unioned.input_rank,
                unioned.landed_run desc,
                {{ ledgerline.by_bytes('unioned.source_file') }} desc,
                unioned.source_row desc
        ) as version_rank
    from unioned
    inner join changed_orders
        on
            unioned.organization_id = changed_orders.organization_id
            and unioned.order_source = changed_orders.order_source
            and unioned.source_order_id = changed_orders.source_order_id

)

select * from final
