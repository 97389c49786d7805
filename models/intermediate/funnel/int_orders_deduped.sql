-- One row per order, each column as the newest version that says something of it.
{{ config(materialized='kept', work='int_orders_fingerprinted', fingerprint='order_fingerprint') }}
{%- set newest = [
    'clickfunnels_contact_id', 'email', 'full_name', 'first_name', 'last_name', 'phone', 'order_number',
    'source_time_zone', 'calendar_status', 'obvio_link', 'keap_id', 'manychat_id',
    'source_status', 'order_total', 'currency', 'updated_at', 'created_at', 'funnel_name', 'funnel_id',
    'funnel_public_id', 'envelope_funnel_name', 'channel_funnel_id', 'channel_funnel_public_id',
    'channel_funnel_name', 'page', 'page_id', 'page_public_id', 'envelope_page', 'envelope_page_id',
    'envelope_page_public_id', 'own_touch', 'contact_visit_touch', 'contact_attribute_touch'
] + ledgerline.address_names() %}

with

order_fingerprints as (select * from {{ ref('int_orders_fingerprinted') }}),

versions as (

    select versions.*
    from {{ ref('int_order_versions_unioned') }} as versions
    inner join order_fingerprints on versions.order_fingerprint = order_fingerprints.order_fingerprint

),

statuses as (

    select
        order_source,
        {{ ledgerline.plain_word('source_status') }} as source_status,
        billing_status,
        counts
    from {{ ref('stg_settings__funnel_order_statuses') }}

),

newest as (

    select
        order_fingerprint,
        organization_id,
        order_source,
        source_order_id,
        {{ ledgerline.newest_columns(newest, 'version_rank') }},
        {{ ledgerline.newest_known('is_test', 'version_rank') }} as is_test,
        min(event_at) as first_event_at,
        max(landed_run) as landed_run,
        max(case when is_deletion then 1 else 0 end) = 1 as is_deleted
    from versions
    group by order_fingerprint, organization_id, order_source, source_order_id

),

final as (

    select
        newest.organization_id,
        {{ ledgerline.hash_number(
            "concat_ws('|', newest.organization_id, newest.order_source, newest.source_order_id)"
        ) }} as order_id,
        newest.order_source,
        newest.source_order_id,
        case when newest.order_source = 'ClickFunnels' then {{ ledgerline.id_of_text('newest.source_order_id') }} end
            as clickfunnels_order_id,
        newest.order_number as clickfunnels_order_number,
        newest.email,
        newest.clickfunnels_contact_id,
        case
            when newest.email is not null or newest.clickfunnels_contact_id is not null
                then {{ ledgerline.identity_number(
                    'newest.organization_id', 'newest.email', 'newest.clickfunnels_contact_id'
                ) }}
        end as identity_number,
        newest.full_name,
        newest.first_name,
        newest.last_name,
        newest.phone,
        newest.source_time_zone,
        newest.calendar_status,
        newest.obvio_link,
        newest.keap_id,
        newest.manychat_id,
        newest.order_total,
        coalesce(newest.currency, '{{ var('funnel_currency') }}') as currency,
        newest.currency is null as is_currency_assumed,
        coalesce(statuses.billing_status, {{ ledgerline.plain_word('newest.source_status') }}) as billing_status,
        coalesce(statuses.counts, false) as is_status_counted,
        -- None at all is no known one either, but of an order that is only known to be deleted.
        statuses.billing_status is null and not newest.is_deleted as is_status_unknown,
        coalesce(newest.is_test, false) as is_test,
        newest.is_deleted,
        coalesce(statuses.counts, false) and not coalesce(newest.is_test, false) and not newest.is_deleted
            as is_counted,
        coalesce(newest.created_at, newest.first_event_at) as created_at,
        {{ ledgerline.local_date(
            'coalesce(newest.created_at, newest.first_event_at)', ledgerline.reporting_zone()
        ) }} as purchase_date,
        newest.updated_at,
        coalesce(newest.funnel_name, newest.envelope_funnel_name, newest.channel_funnel_name) as funnel_name,
        {{ ledgerline.url_host(
            'coalesce(newest.funnel_name, newest.envelope_funnel_name, newest.channel_funnel_name)'
        ) }} as host,
        coalesce(newest.funnel_id, newest.channel_funnel_id) as funnel_id,
        coalesce(newest.funnel_public_id, newest.channel_funnel_public_id) as funnel_public_id,
        coalesce(newest.page, newest.envelope_page) as page,
        coalesce(newest.page_id, newest.envelope_page_id) as page_id,
        coalesce(newest.page_public_id, newest.envelope_page_public_id) as page_public_id,
        {{ ledgerline.columns_of('newest', ledgerline.address_names()) }},
        newest.own_touch,
        newest.contact_visit_touch,
        newest.contact_attribute_touch,
        newest.landed_run,
        newest.order_fingerprint
    from newest
    left join statuses
        on
            newest.order_source = statuses.order_source
            and {{ ledgerline.plain_word('newest.source_status') }} = statuses.source_status

)

select * from final
