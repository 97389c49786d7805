with

rewards as (

    select * from {{ ref('stg_square__referral_rewards') }}
    where not is_deleted and status = 'PAID'

),

customers as (

    select * from {{ ref('int_square__customers_resolved') }}

),

visited as (

    select * from {{ ref('int_square__customer_facts') }}

),

referrals as (

    select * from {{ ref('int_square__referrals_attributed') }}

),

activities as (

    select * from {{ ref('stg_square__gift_card_activities') }}
    where not is_deleted and activity_type in ('REDEEM', 'REFUND')

),

-- A reward for referring oneself is none.
paid_rewards as (

    select
        rewards.organization_id,
        rewards.reward_type,
        rewards.gift_card_id,
        rewards.reward_cents,
        coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id) as referrer_id,
        {{ ledgerline.local_date(
            'coalesce(rewards.paid_at, rewards.created_at)', ledgerline.reporting_zone()
        ) }} as date
    from rewards
    left join customers as referrers
        on
            rewards.organization_id = referrers.organization_id
            and rewards.referrer_customer_id = referrers.customer_id
    left join customers as referred
        on
            rewards.organization_id = referred.organization_id
            and rewards.referred_customer_id = referred.customer_id
    where
        coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id)
        is distinct from coalesce(referred.canonical_customer_id, rewards.referred_customer_id)

),

reward_days as (

    select
        organization_id,
        date,
        sum(case when reward_type = 'referrer_reward' then 1 else 0 end) as referrer_rewards,
        sum(case when reward_type = 'referrer_reward' then reward_cents else 0 end) as referrer_cents,
        count(distinct case when reward_type = 'referrer_reward' then referrer_id end) as referrers,
        sum(case when reward_type = 'friend_signup_bonus' then 1 else 0 end) as friend_bonuses,
        sum(case when reward_type = 'friend_signup_bonus' then reward_cents else 0 end) as friend_cents
    from paid_rewards
    group by organization_id, date

),

new_days as (

    select
        visited.organization_id,
        visited.first_visit_date as date,
        count(*) as new_customers
    from visited
    inner join referrals
        on
            visited.organization_id = referrals.organization_id
            and visited.canonical_customer_id = referrals.canonical_customer_id
    where
        visited.first_visit_date is not null
        and referrals.referral_source is not null
        and not referrals.is_self_referred
    group by visited.organization_id, visited.first_visit_date

),

reward_cards as (

    select distinct
        organization_id,
        gift_card_id
    from paid_rewards
    where gift_card_id is not null

),

redemption_days as (

    select
        activities.organization_id,
        {{ ledgerline.local_date('activities.created_at', ledgerline.reporting_zone()) }} as date,
        sum(case when activities.activity_type = 'REDEEM' then 1 else 0 end) as redemptions,
        sum(case
            when activities.activity_type = 'REDEEM' then coalesce(activities.redeemed_cents, 0)
            else -coalesce(activities.refunded_cents, 0)
        end) as redeemed_cents
    from activities
    inner join reward_cards
        on
            activities.organization_id = reward_cards.organization_id
            and activities.gift_card_id = reward_cards.gift_card_id
    group by
        activities.organization_id, {{ ledgerline.local_date('activities.created_at', ledgerline.reporting_zone()) }}

),

days as (

    select
        organization_id,
        date
    from reward_days

    union

    select
        organization_id,
        date
    from new_days

    union

    select
        organization_id,
        date
    from redemption_days

),

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        -- ids
        days.organization_id,

        -- numerics
        -- Of whom both are known: that they came, and by which code.
        cast(case
            when delivered.has_bookings and delivered.has_referral_profiles then coalesce(new_days.new_customers, 0)
        end as integer) as new_customers_via_referral,
        {{ ledgerline.square_known(
            'reward_days.referrer_rewards', ['rewards'], 'integer'
        ) }} as referrer_rewards_count,
        {{ ledgerline.square_known(
            'reward_days.referrer_cents', ['rewards', 'payments', 'orders'], 'bigint'
        ) }} as rewards_issued_cents,
        {{ ledgerline.square_known('reward_days.referrers', ['rewards'], 'integer') }} as unique_codes_rewarded,
        {{ ledgerline.square_known(
            'reward_days.friend_bonuses', ['rewards'], 'integer'
        ) }} as friend_signup_bonuses_count,
        {{ ledgerline.square_known(
            'reward_days.friend_cents', ['rewards', 'payments', 'orders'], 'bigint'
        ) }} as friend_signup_bonuses_cents,
        {{ ledgerline.square_known(
            'redemption_days.redemptions', ['card_activities'], 'integer'
        ) }} as redemptions_count,
        {{ ledgerline.square_known(
            'redemption_days.redeemed_cents', ['card_activities', 'payments', 'orders'], 'bigint'
        ) }} as redemptions_cents,

        -- dates
        days.date

    from days
    left join new_days on days.organization_id = new_days.organization_id and days.date = new_days.date
    left join reward_days on days.organization_id = reward_days.organization_id and days.date = reward_days.date
    left join redemption_days
        on days.organization_id = redemption_days.organization_id and days.date = redemption_days.date
    left join delivered on days.organization_id = delivered.organization_id

)

select * from final
