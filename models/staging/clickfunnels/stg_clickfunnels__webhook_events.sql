{%- set keys = [
    'event_id', 'created_at', 'funnel_id', 'funnel.id', 'funnel.public_id', 'funnel.name', 'page_id', 'page.id',
    'page.public_id', 'page.name', 'data'
] -%}

with

webhook_events as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from {{ source('clickfunnels', 'webhook_events') }}

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        texts[1] as event_id,
        object_id,
        case when data_kind <> '' then coalesce(cast(texts[4] as bigint), cast(texts[3] as bigint)) end as funnel_id,
        {{ ledgerline.told('texts[5]') }} as funnel_public_id,
        case when data_kind <> '' then coalesce(cast(texts[8] as bigint), cast(texts[7] as bigint)) end as page_id,
        {{ ledgerline.told('texts[9]') }} as page_public_id,

        -- texts
        event_type,
        case when data_kind <> '' then data_kind else 'invoices' end as data_kind,
        {{ ledgerline.told('texts[6]') }} as funnel_name,
        {{ ledgerline.told('texts[10]') }} as page,
        texts[11] as data,

        -- timestamps
        case
            when data_kind <> '' then {{ ledgerline.instant_or_day("nullif(texts[2], '')") }}
            else {{ ledgerline.instant_of_json('texts[2]') }}
        end as event_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from webhook_events
    -- Of what no mart reads, not even times are known to be times. Invoices were such once.
    where data_kind <> '' or event_type like '%.invoice.%'

)

select * from final
