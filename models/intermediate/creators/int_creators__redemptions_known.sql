with

redemptions as (

    select
        redemptions.*,
        {{ ledgerline.recency(['redemptions.client_id', 'redemptions.redemption_id']) }} as recency
    from {{ ref('stg_loyalty__redemptions') }} as redemptions
    inner join {{ ref('int_creators__clients_known') }} as clients on redemptions.client_id = clients.client_id
    where redemptions.export_date <= {{ ledgerline.as_of_utc_day() }}

),

creators as (

    select distinct
        client_id,
        handle_user_id,
        creator_key,
        user_id
    from {{ ref('int_creators__handles_resolved') }}
    where handle_user_id is not null

),

final as (

    select
        -- ids
        redemptions.client_id,
        redemptions.redemption_id,
        -- A merged user's rewards are the other one's.
        coalesce(creators.user_id, redemptions.user_id) as user_id,
        creators.creator_key,
        redemptions.mission_id,

        -- texts
        redemptions.status,
        redemptions.tier_at_claim,
        redemptions.reward_type,
        redemptions.redemption_type,
        redemptions.redemption_frequency,

        -- numerics
        redemptions.reward_amount,
        redemptions.boost_rate_percent,
        redemptions.sales_at_activation,
        redemptions.sales_at_expiration,
        redemptions.admin_adjusted_commission,
        redemptions.final_payout_amount,

        -- booleans
        redemptions.deleted_at is not null as is_deleted,

        -- timestamps
        redemptions.created_at,
        redemptions.claimed_at,
        redemptions.fulfilled_at,
        redemptions.concluded_at,
        redemptions.activated_at,
        redemptions.expires_at

    from redemptions
    left join creators
        on redemptions.client_id = creators.client_id and redemptions.user_id = creators.handle_user_id
    where redemptions.recency = 1

)

select * from final
