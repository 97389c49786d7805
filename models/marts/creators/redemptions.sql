with

redemptions as (

    select * from {{ ref('int_creators__redemptions_known') }}

),

users as (

    select * from {{ ref('int_creators__users_settled') }}

),

-- What was granted by hand while a boost ran is not what the boost brought.
granted as (

    select
        redemptions.client_id,
        redemptions.redemption_id,
        sum(adjustments.amount) as granted_sales
    from redemptions
    inner join {{ ref('int_creators__adjustments_versioned') }} as adjustments
        on
            adjustments.recency = 1
            and redemptions.client_id = adjustments.client_id
            and redemptions.creator_key = adjustments.creator_key
            and redemptions.activated_at <= adjustments.applied_at
            and redemptions.expires_at > adjustments.applied_at
    group by redemptions.client_id, redemptions.redemption_id

),

measured as (

    select
        redemptions.*,
        users.current_tier,
        users.tier_achieved_at,
        {{ ledgerline.days_between(
            ledgerline.utc_day('users.tier_achieved_at'),
            ledgerline.utc_day('coalesce(redemptions.claimed_at, redemptions.created_at)')
        ) }} as days_in_tier,
        case
            when
                redemptions.redemption_type = 'instant'
                and redemptions.status = 'claimed'
                and not redemptions.is_deleted
                then {{ ledgerline.seconds_between('redemptions.claimed_at', ledgerline.as_of_instant()) }}
        end as seconds_waiting,
        cast(
            case
                when redemptions.sales_at_expiration is null or redemptions.sales_at_activation is null then null
                else greatest(0, redemptions.sales_at_expiration - redemptions.sales_at_activation)
            end as decimal(18, 2)
        ) as sales_delta,
        cast(
            case
                when redemptions.sales_at_expiration is null or redemptions.sales_at_activation is null then null
                else greatest(
                    0,
                    redemptions.sales_at_expiration - redemptions.sales_at_activation
                    - coalesce(granted.granted_sales, 0)
                )
            end as decimal(18, 2)
        ) as organic_sales_delta
    from redemptions
    left join users
        on redemptions.client_id = users.client_id and redemptions.creator_key = users.handle_key
    left join granted
        on redemptions.client_id = granted.client_id and redemptions.redemption_id = granted.redemption_id

),

commissioned as (

    select
        *,
        {{ ledgerline.commission('sales_delta', 'boost_rate_percent') }} as calculated_commission,
        {{ ledgerline.commission('organic_sales_delta', 'boost_rate_percent') }} as organic_commission
    from measured

),

paid as (

    select
        *,
        coalesce(final_payout_amount, admin_adjusted_commission, calculated_commission) as payout_amount
    from commissioned

),

final as (

    select
        -- ids
        client_id,
        redemption_id,
        user_id,
        mission_id,

        -- texts
        status,
        tier_at_claim,
        reward_type,
        redemption_type,
        redemption_frequency,

        -- timestamps
        created_at,
        claimed_at,
        fulfilled_at,
        concluded_at,

        -- numerics
        reward_amount,
        boost_rate_percent,
        activated_at,
        expires_at,
        sales_at_activation,
        sales_at_expiration,
        admin_adjusted_commission,
        final_payout_amount,
        is_deleted,
        cast(
            cast({{ ledgerline.rounded_ratio('100 * seconds_waiting', '3600') }} as decimal(18, 0)) * 0.01
            as decimal(18, 2)
        ) as hours_waiting,
        case
            when seconds_waiting >= 24 * 3600 then 'breach'
            when seconds_waiting >= 20 * 3600 then 'warning'
            when seconds_waiting is not null then 'ok'
        end as sla_status,
        coalesce(
            mission_id is null
            and tier_at_claim = current_tier
            and status in ('claimed', 'fulfilled', 'concluded')
            and not is_deleted
            and created_at >= tier_achieved_at,
            false
        ) as counts_toward_limit,
        cast(
            case redemption_frequency
                when 'monthly' then floor(days_in_tier / 30.0)
                when 'weekly' then floor(days_in_tier / 7.0)
            end as bigint
        ) as usage_window_index,
        sales_delta,
        calculated_commission,
        organic_sales_delta,
        organic_commission,
        payout_amount,
        case
            when status <> 'concluded' or is_deleted then null
            when reward_type in ('gift_card', 'spark_ads') then reward_amount
            when reward_type = 'commission_boost' then payout_amount
        end as spend_amount

    from paid

)

select * from final
