{%- set keys = [
    'event_type',
    'transaction_id',
    'payment_id',
    'location_name',
    'customer_id',
    'total_collected',
    'tip',
    'gift_card_sales',
    'created_at',
    'time_zone',
    'currency'
] -%}

with

rows_read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts,
        ({{ ledgerline.json_texts('payload', ['file_latest_date']) }})[1] as file_latest_date
    from {{ source('square', 'export_transactions') }}

),

-- Exports overlap: of the files that show a transaction, the one that reaches furthest speaks for it.
ranked as (

    select
        *,
        dense_rank() over (
            partition by organization_id, object_id
            order by file_latest_date desc nulls last, _source_hash desc
        ) as file_rank
    from rows_read

),

final as (

    select
        -- ids
        organization_id,
        texts[2] as transaction_id,
        texts[3] as payment_id,
        texts[5] as customer_id,

        -- texts
        texts[1] as event_type,
        {{ ledgerline.trimmed('texts[4]') }} as location_name,
        texts[10] as time_zone,
        texts[11] as currency,

        -- numerics
        cast(texts[6] as decimal(18, 3)) as total_collected_amount,
        cast(texts[7] as decimal(18, 3)) as tip_amount,
        cast(texts[8] as decimal(18, 3)) as gift_card_sales_amount,

        -- timestamps
        cast(texts[9] as timestamptz) as created_at,

        -- provenance
        _source_row as source_row,
        _extracted_at as extracted_at,
        _landed_run as landed_run

    from ranked
    where file_rank = 1

)

select * from final
