{{ config(
    materialized='kept', work='int_ticketing_files_fingerprinted', fingerprint='file_fingerprint',
    skip_older_runs_of=[
        'int_eventbrite_attendees_unioned',
        'stg_ticketing__hi_events_orders',
        'stg_ticketing__native_orders',
        'stg_ticketing__pretix_orders',
    ]
) }}

with

file_fingerprints as (select * from {{ ref('int_ticketing_files_fingerprinted') }}),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

statuses as (

    select
        platform,
        entity,
        {{ ledgerline.plain_word('source_status') }} as source_status,
        status
    from {{ ref('stg_settings__seed_ticketing_statuses') }}

),

currencies as (

    select * from {{ ref('seed_currencies') }}

),

native as (

    select
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        resolved.timezone,
        'native' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.source_status,
        coalesce(landed.currency, resolved.currency) as currency,
        landed.amount_unit = 'minor' as is_minor,
        landed.total_amount as gross_amount,
        landed.fee_amount,
        landed.tax_amount,
        landed.items_amount,
        cast(null as decimal(18, 2)) as reported_refund_amount,
        cast(null as bigint) as positions_count,
        landed.sales_channel,
        {{ ledgerline.email_hash('landed.buyer_email') }} as buyer_hash,
        landed.has_refunds,
        cast(null as boolean) as is_paid,
        false as is_observed,
        landed.created_at as ordered_at,
        cast(null as date) as last_payment_date,
        cast(null as date) as ordered_on,
        landed.paid_at,
        landed.cancelled_at,
        landed.changed_at,
        landed.landed_run,
        landed.extracted_at,
        landed.source_file,
        landed.source_row,
        cast(null as varchar) as payment_status
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__native_orders'), 'native', "'native_orders'") }}

),

pretix as (

    select
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        resolved.timezone,
        'pretix' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.source_status,
        resolved.currency,
        false as is_minor,
        landed.total_amount as gross_amount,
        cast(null as decimal(18, 2)) as fee_amount,
        cast(null as decimal(18, 2)) as tax_amount,
        cast(null as decimal(18, 2)) as items_amount,
        cast(null as decimal(18, 2)) as reported_refund_amount,
        landed.positions_count,
        landed.sales_channel,
        {{ ledgerline.email_hash('landed.buyer_email') }} as buyer_hash,
        false as has_refunds,
        cast(null as boolean) as is_paid,
        true as is_observed,
        {{ ledgerline.instant_of_local_time('landed.ordered_local_time', 'resolved.timezone') }} as ordered_at,
        landed.last_payment_date,
        cast(landed.ordered_local_time as date) as ordered_on,
        cast(null as timestamptz) as paid_at,
        cast(null as timestamptz) as cancelled_at,
        landed.changed_at,
        landed.landed_run,
        landed.extracted_at,
        landed.source_file,
        landed.source_row,
        cast(null as varchar) as payment_status
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__pretix_orders'), 'pretix', "'pretix_orders'") }}

),

eventbrite as (

    select
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        resolved.timezone,
        'eventbrite' as platform,
        landed.order_id as source_order_id,
        landed.attendee_id as sale_id,
        landed.source_status,
        coalesce(landed.currency, resolved.currency) as currency,
        false as is_minor,
        landed.gross_amount,
        landed.fee_amount,
        cast(null as decimal(18, 2)) as tax_amount,
        cast(null as decimal(18, 2)) as items_amount,
        cast(null as decimal(18, 2)) as reported_refund_amount,
        cast(null as bigint) as positions_count,
        cast(null as varchar) as sales_channel,
        {{ ledgerline.email_hash('landed.attendee_email') }} as buyer_hash,
        false as has_refunds,
        landed.gross_amount > 0 as is_paid,
        landed.is_observed,
        coalesce(
            landed.ordered_at, {{ ledgerline.instant_of_text('landed.ordered_time', 'resolved.timezone') }}
        ) as ordered_at,
        cast(null as date) as last_payment_date,
        cast(null as date) as ordered_on,
        cast(null as timestamptz) as paid_at,
        cast(null as timestamptz) as cancelled_at,
        landed.changed_at,
        landed.landed_run,
        landed.extracted_at,
        landed.source_file,
        landed.source_row,
        cast(null as varchar) as payment_status
    {{ ledgerline.from_resolved_rows(ref('int_eventbrite_attendees_unioned'), 'eventbrite', 'landed.kind') }}

),

hi_events as (

    select
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        resolved.timezone,
        'hi_events' as platform,
        landed.order_id as source_order_id,
        landed.order_id as sale_id,
        landed.source_status,
        coalesce(landed.currency, resolved.currency) as currency,
        false as is_minor,
        landed.total_amount as gross_amount,
        cast(null as decimal(18, 2)) as fee_amount,
        landed.tax_amount,
        cast(null as decimal(18, 2)) as items_amount,
        landed.refunded_amount as reported_refund_amount,
        cast(null as bigint) as positions_count,
        cast(null as varchar) as sales_channel,
        {{ ledgerline.email_hash('landed.buyer_email') }} as buyer_hash,
        true as has_refunds,
        cast(null as boolean) as is_paid,
        true as is_observed,
        landed.created_at as ordered_at,
        cast(null as date) as last_payment_date,
        cast(null as date) as ordered_on,
        cast(null as timestamptz) as paid_at,
        cast(null as timestamptz) as cancelled_at,
        landed.changed_at,
        landed.landed_run,
        landed.extracted_at,
        landed.source_file,
        landed.source_row,
        landed.source_payment_status as payment_status
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__hi_events_orders'), 'hi_events', "'hi_events_orders'") }}

),

unioned as (

    select * from native
    union all
    select * from pretix
    union all
    select * from eventbrite
    union all
    select * from hi_events

),

final as (

    select
        -- ids
        unioned.file_fingerprint,
        {{ ledgerline.hash_number("concat_ws('|', cast(unioned.file_fingerprint as varchar), unioned.source_row)") }}
            as row_number_hash,
        unioned.organization_id,
        unioned.event_key,
        unioned.platform || ':' || unioned.event_key || ':' || unioned.source_order_id as order_key,
        unioned.sale_id,
        unioned.source_order_id,

        -- texts
        unioned.platform,
        unioned.timezone,
        unioned.source_status,
        case
            -- Paid and done, or not yet paid: Hi.Events completes an order before the money is there.
            when unioned.platform = 'hi_events' and statuses.status = 'valid'
                then coalesce(payment_statuses.status, 'pending')
            else coalesce(statuses.status, 'unknown')
        end as status,
        unioned.currency,
        unioned.sales_channel,
        unioned.buyer_hash,

        -- numerics
        {{ ledgerline.in_major_units('unioned.gross_amount') }} as gross_amount,
        {{ ledgerline.in_major_units('unioned.fee_amount') }} as fee_amount,
        {{ ledgerline.in_major_units('unioned.tax_amount') }} as tax_amount,
        {{ ledgerline.in_major_units('unioned.items_amount') }} as items_amount,
        unioned.reported_refund_amount,
        unioned.positions_count,

        -- booleans
        unioned.has_refunds,
        -- Whether a cancelled row shows money that was paid; NULL where it does not say.
        case
            when unioned.platform <> 'hi_events' then unioned.is_paid
            when unioned.reported_refund_amount > 0 then true
            else payment_statuses.status = 'valid'
        end as is_paid,
        unioned.is_observed,

        -- dates, in the event's zone
        unioned.last_payment_date,
        unioned.ordered_on,

        -- timestamps; a local time that clocks skip in the event's zone is none: the row waits
        unioned.ordered_at,
        unioned.paid_at,
        unioned.cancelled_at,
        unioned.changed_at,

        -- provenance
        unioned.landed_run,
        unioned.extracted_at,
        unioned.source_file,
        unioned.source_row

    from unioned
    left join statuses
        on
            unioned.platform = statuses.platform
            and statuses.entity = case unioned.platform when 'eventbrite' then 'attendee' else 'order' end
            and {{ ledgerline.plain_word('unioned.source_status') }} = statuses.source_status
    left join statuses as payment_statuses
        on
            unioned.platform = payment_statuses.platform
            and payment_statuses.entity = 'payment'
            and {{ ledgerline.plain_word('unioned.payment_status') }} = payment_statuses.source_status
    left join currencies on unioned.currency = currencies.currency

)

select * from final
