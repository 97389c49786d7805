-- Keys of earlier exports that the newest file of the same kind and event does not list. Nothing follows from that:
-- some exports leave out what is unpaid or cancelled. A file that was written over is another file.
with

listed as (

    select
        event_key,
        platform || ' orders' as export_kind,
        order_key || '/' || sale_id as listed_key,
        extracted_at,
        file_fingerprint,
        source_file
    from {{ ref('int_ticket_sales_versioned') }}
    where
        is_observed
        and changed_at <= {{ ledgerline.as_of_instant() }}

    union all

    select
        event_key,
        platform || ' tickets' as export_kind,
        ticket_key as listed_key,
        extracted_at,
        file_fingerprint,
        source_file
    from {{ ref('int_tickets_versioned') }}
    where
        platform in ('pretix', 'hi_events')
        and extracted_at <= {{ ledgerline.as_of_instant() }}

    union all

    select
        event_key,
        platform || ' payments' as export_kind,
        order_key || '/' || refund_id as listed_key,
        extracted_at,
        file_fingerprint,
        source_file
    from {{ ref('int_ticket_refunds_versioned') }}
    where
        platform = 'pretix'
        and changed_at <= {{ ledgerline.as_of_instant() }}

),

files as (

    select
        event_key,
        export_kind,
        file_fingerprint,
        row_number() over (
            partition by event_key, export_kind
            order by max(extracted_at) desc, max({{ ledgerline.by_bytes('source_file') }}) desc
        ) as recency_rank
    from listed
    group by event_key, export_kind, file_fingerprint

),

keys_listed as (

    select
        listed.event_key,
        listed.export_kind,
        listed.listed_key,
        min(files.recency_rank) as newest_rank
    from listed
    inner join files
        on
            listed.event_key = files.event_key
            and listed.export_kind = files.export_kind
            and listed.file_fingerprint = files.file_fingerprint
    group by listed.event_key, listed.export_kind, listed.listed_key

),

final as (

    select
        event_key,
        count(case when newest_rank > 1 then 1 end) as missing_count
    from keys_listed
    group by event_key

)

select * from final
