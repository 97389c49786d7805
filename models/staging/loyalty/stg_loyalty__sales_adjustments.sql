with

sales_adjustments as (

    select * from {{ source('loyalty', 'sales_adjustments') }}

),

final as (

    select
        -- ids
        id as adjustment_id,
        client_id,
        user_id,

        -- texts
        adjustment_type,
        reason,

        -- numerics
        amount,
        amount_units,

        -- dates
        export_date,

        -- timestamps
        applied_at,
        created_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from sales_adjustments

)

select * from final
