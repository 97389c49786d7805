with

tiers as (

    select * from {{ source('loyalty', 'tiers') }}

),

final as (

    select
        -- ids
        client_id,
        tier_id,

        -- texts
        tier_name,
        tier_color,

        -- numerics
        tier_order,
        sales_threshold,
        units_threshold,
        commission_rate,

        -- booleans
        checkpoint_exempt,

        -- dates
        export_date,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from tiers

)

select * from final
