with

missions as (

    select * from {{ source('loyalty', 'missions') }}

),

final as (

    select
        -- ids
        id as mission_id,
        client_id,

        -- texts
        mission_type,
        title,
        tier_eligibility,
        raffle_end_date,

        -- numerics
        target_value,
        display_order,

        -- booleans
        enabled as is_enabled,
        activated as is_activated,

        -- dates
        export_date,

        -- timestamps
        created_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from missions

)

select * from final
