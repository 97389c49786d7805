with

tiers as (

    select * from {{ ref('int_creators__tiers_scaled') }}

),

members as (

    select
        client_id,
        current_tier,
        count(*) as member_count
    from {{ ref('int_creators__users_settled') }}
    where not is_admin
    group by client_id, current_tier

),

final as (

    select
        -- ids
        tiers.client_id,
        tiers.tier_id,

        -- texts
        tiers.tier_order,
        tiers.tier_name,
        tiers.tier_color,

        -- numerics
        tiers.sales_threshold,
        tiers.units_threshold,
        tiers.threshold,
        tiers.commission_rate,
        tiers.is_exempt as checkpoint_exempt,
        coalesce(members.member_count, 0) as member_count

    from tiers
    left join members
        on tiers.client_id = members.client_id and tiers.tier_id = members.current_tier

)

select * from final
