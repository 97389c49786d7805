{%- set keys = [
    'transaction_id',
    'name',
    'quantity',
    'net_sales',
    'discount',
    'itemization_type',
    'location_name',
    'customer_id',
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
    from {{ source('square', 'export_items') }}

),

-- Exports overlap: of the files that show a transaction, the one that reaches furthest lists its lines.
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
        texts[1] as transaction_id,
        texts[8] as customer_id,

        -- texts
        texts[2] as line_name,
        texts[6] as itemization_type,
        {{ ledgerline.trimmed('texts[7]') }} as location_name,
        texts[10] as time_zone,
        texts[11] as currency,
        texts[3] as quantity,

        -- numerics
        cast(texts[4] as decimal(18, 3)) as net_sales_amount,
        coalesce(cast(texts[5] as decimal(18, 3)), 0) as discount_amount,

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
