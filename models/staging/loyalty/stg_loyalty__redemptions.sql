with

redemptions as (

    select * from {{ source('loyalty', 'redemptions') }}

),

final as (

    select
        -- ids
        id as redemption_id,
        client_id,
        user_id,
        mission_id,

        -- texts
        status,
        tier_at_claim,
        reward_type,
        redemption_type,
        redemption_frequency,

        -- numerics
        reward_amount,
        boost_rate_percent,
        sales_at_activation,
        sales_at_expiration,
        admin_adjusted_commission,
        final_payout_amount,

        -- dates
        export_date,

        -- timestamps
        created_at,
        claimed_at,
        fulfilled_at,
        concluded_at,
        deleted_at,
        activated_at,
        expires_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from redemptions

)

select * from final
