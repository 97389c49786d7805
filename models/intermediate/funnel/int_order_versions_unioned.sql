-- Every version of an order that anybody told us of, up to the as-of: of the API, webhooks, the second checkout and
-- exports, numbered from the newest.
{{ config(materialized='kept', work='int_orders_fingerprinted', fingerprint='order_fingerprint') }}

with

order_fingerprints as (select * from {{ ref('int_orders_fingerprinted') }}),

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
        full_name,
        first_name,
        last_name,
        phone,
        source_time_zone,
        calendar_status,
        obvio_link,
        keap_id,
        manychat_id,
        order_number,
        source_status as stated_status,
        order_total as stated_total,
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
        {{ ledgerline.no_person_columns() }},
        cast(null as varchar) as order_number,
        source_status as stated_status,
        order_total as stated_total,
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
        {{ ledgerline.no_person_columns() }},
        order_number,
        source_status as stated_status,
        order_total as stated_total,
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
numbered as (

    select
        order_fingerprints.order_fingerprint,
        unioned.*,
        row_number() over (
            partition by order_fingerprints.order_fingerprint
            order by
                unioned.changed_at desc,
                unioned.extracted_at desc,
                unioned.input_rank,
                unioned.landed_run desc,
                {{ ledgerline.by_bytes('unioned.source_file') }} desc,
                unioned.source_row desc
        ) as version_rank,
        -- Whether nobody had seen this state by the as-of, and nothing says since when it is true.
        sum(
            case
                when
                    coalesce(unioned.updated_at, unioned.event_at) is null
                    and unioned.extracted_at > {{ ledgerline.as_of_instant() }} then 0
                else 1
            end
        ) over (
            partition by
                order_fingerprints.order_fingerprint,
                unioned.changed_at,
                {{ ledgerline.plain_word('unioned.stated_status') }}
        ) = 0 as is_seen_later
    from unioned
    inner join order_fingerprints
        on
            unioned.organization_id = order_fingerprints.organization_id
            and unioned.order_source = order_fingerprints.order_source
            and unioned.source_order_id = order_fingerprints.source_order_id

),

-- A version that gives no total costs what its items do, where all of them say what they cost.
elements as (

    select
        order_fingerprint,
        version_rank,
        order_source,
        unnest({{ ledgerline.json_elements('line_items') }}) as element
    from numbered
    where stated_total is null and line_items is not null

),

texts as (

    select
        *,
        {{ ledgerline.json_texts('element', ['quantity', 'products_price.amount', 'amount']) }} as texts
    from elements

),

priced as (

    select
        order_fingerprint,
        version_rank,
        coalesce(cast(texts[1] as bigint), 1) * case
            when order_source = 'ClickFunnels' then cast(texts[2] as decimal(18, 2))
            else cast(cast(texts[3] as bigint) * 0.01 as decimal(18, 2))
        end as line_total_amount
    from texts

),

item_totals as (

    select
        order_fingerprint,
        version_rank,
        {{ ledgerline.complete_sum('line_total_amount', 'decimal(18, 2)') }} as items_total
    from priced
    group by order_fingerprint, version_rank

),

paid_back as (

    select
        order_source,
        {{ ledgerline.plain_word('source_status') }} as source_status
    from {{ ref('stg_settings__funnel_order_statuses') }}
    where was_paid and not counts

),

final as (

    select
        numbered.*,
        -- A refund without a date is of the day on which it was first seen: before that day the order was paid.
        case
            when numbered.version_rank = 1 and numbered.is_seen_later and paid_back.source_status is not null
                then 'paid'
            else numbered.stated_status
        end as source_status,
        coalesce(numbered.stated_total, item_totals.items_total) as order_total
    from numbered
    left join item_totals
        on
            numbered.order_fingerprint = item_totals.order_fingerprint
            and numbered.version_rank = item_totals.version_rank
    left join paid_back
        on
            numbered.order_source = paid_back.order_source
            and {{ ledgerline.plain_word('numbered.stated_status') }} = paid_back.source_status

)

select * from final
