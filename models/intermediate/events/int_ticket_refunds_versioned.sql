{{ config(
    materialized='kept', work='int_ticketing_files_fingerprinted', fingerprint='file_fingerprint',
    skip_older_runs_of=[
        'stg_ticketing__native_refunds',
        'stg_ticketing__pretix_payments',
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
        'native' as platform,
        landed.order_id as source_order_id,
        landed.refund_id,
        landed.source_status,
        coalesce(landed.currency, resolved.currency) as currency,
        landed.amount_unit = 'minor' as is_minor,
        landed.amount,
        true as is_refund,
        landed.ticket_codes,
        landed.refunded_at,
        landed.changed_at,
        landed.extracted_at,
        landed.source_file,
        landed.source_row
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__native_refunds'), 'native', "'native_orders'") }}

),

-- Payments are here too: they tell what was paid in, and that an order has any tells that its refunds are listed.
pretix as (

    select
        files.file_fingerprint,
        resolved.organization_id,
        resolved.event_key,
        'pretix' as platform,
        landed.order_id as source_order_id,
        landed.payment_id as refund_id,
        landed.source_status,
        resolved.currency,
        false as is_minor,
        abs(landed.amount) as amount,
        landed.amount < 0 as is_refund,
        cast(null as varchar) as ticket_codes,
        {{ ledgerline.start_of_local_day('landed.paid_date', 'resolved.timezone') }} as refunded_at,
        landed.changed_at,
        landed.extracted_at,
        landed.source_file,
        landed.source_row
    {{ ledgerline.from_resolved_rows(ref('stg_ticketing__pretix_payments'), 'pretix', "'pretix_payments'") }}

),

unioned as (

    select * from native
    union all
    select * from pretix

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
        unioned.refund_id,

        -- texts
        unioned.platform,
        unioned.currency,
        unioned.ticket_codes,

        -- numerics
        {{ ledgerline.in_major_units('unioned.amount') }} as amount,

        -- booleans
        unioned.is_refund,
        coalesce(statuses.status, 'unknown') = 'counted' as is_counted,

        -- timestamps
        unioned.refunded_at,
        unioned.changed_at,

        -- provenance
        unioned.extracted_at,
        unioned.source_file,
        unioned.source_row

    from unioned
    left join statuses
        on
            unioned.platform = statuses.platform
            and statuses.entity = case when unioned.is_refund then 'refund' else 'payment' end
            and {{ ledgerline.plain_word('unioned.source_status') }} = statuses.source_status
    left join currencies on unioned.currency = currencies.currency

)

select * from final
