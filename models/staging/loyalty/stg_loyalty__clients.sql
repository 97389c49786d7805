with

clients as (

    select * from {{ source('loyalty', 'clients') }}

),

final as (

    select
        -- ids
        id as client_id,

        -- texts
        name,
        vip_metric,
        subdomain,
        tier_calculation_mode,
        currency,

        -- numerics
        checkpoint_months,

        -- dates
        export_date,

        -- timestamps
        created_at,
        updated_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from clients

)

select * from final
