with

rows_read as (

    {{ ledgerline.json_read(source('square', 'export_items'), 'payload', {
        'transaction_id': 'transaction_id',
        'name': 'name',
        'quantity': 'quantity',
        'net_sales': 'net_sales',
        'discount': 'discount',
        'itemization_type': 'itemization_type',
        'location_name': 'location_name',
        'customer_id': 'customer_id',
        'created_at': 'created_at',
        'time_zone': 'time_zone',
        'currency': 'currency',
        'file_latest_date': 'file_latest_date'
    }) }}

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
        transaction_id,
        customer_id,

        -- texts
        name as line_name,
        itemization_type,
        {{ ledgerline.trimmed('location_name') }} as location_name,
        time_zone,
        currency,
        quantity,

        -- numerics
        cast(net_sales as decimal(18, 3)) as net_sales_amount,
        coalesce(cast(discount as decimal(18, 3)), 0) as discount_amount,

        -- timestamps
        cast(created_at as timestamptz) as created_at,

        -- provenance
        _source_row as source_row,
        _extracted_at as extracted_at,
        _landed_run as landed_run

    from ranked
    where file_rank = 1

)

select * from final
