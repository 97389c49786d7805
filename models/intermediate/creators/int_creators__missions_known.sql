with

missions as (

    select
        missions.*,
        {{ ledgerline.recency(['missions.client_id', 'missions.mission_id']) }} as recency
    from {{ ref('stg_loyalty__missions') }} as missions
    inner join {{ ref('int_creators__clients_known') }} as clients on missions.client_id = clients.client_id
    where missions.export_date <= {{ ledgerline.as_of_utc_day() }}

),

final as (

    select
        -- ids
        missions.client_id,
        missions.mission_id,

        -- texts
        missions.title,
        missions.mission_type,
        missions.tier_eligibility,

        -- numerics
        missions.target_value,
        -- From which tier on; NULL for all, and where the scale does not know the tier.
        tiers.tier_order as eligible_order,

        -- booleans
        missions.is_enabled,
        missions.is_activated

    from missions
    left join {{ ref('int_creators__tiers_scaled') }} as tiers
        on missions.client_id = tiers.client_id and missions.tier_eligibility = tiers.tier_id
    where missions.recency = 1

)

select * from final
