with

rows_read as (

    {{ ledgerline.json_read(source('square', 'export_transactions'), 'payload', {
        'event_type': 'event_type',
        'transaction_id': 'transaction_id',
        'payment_id': 'payment_id',
        'location_name': 'location_name',
        'customer_id': 'customer_id',
        'total_collected': 'total_collected',
        'tip': 'tip',
        'gift_card_sales': 'gift_card_sales',
        'created_at': 'created_at',
        'time_zone': 'time_zone',
        'currency': 'currency',
        'file_latest_date': 'file_latest_date'
    }) }}

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
        transaction_id,
        payment_id,
        customer_id,

        -- texts
        event_type,
        {{ ledgerline.trimmed('location_name') }} as location_name,
        time_zone,
        currency,

        -- numerics
        cast(total_collected as decimal(18, 3)) as total_collected_amount,
        cast(tip as decimal(18, 3)) as tip_amount,
        cast(gift_card_sales as decimal(18, 3)) as gift_card_sales_amount,

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
