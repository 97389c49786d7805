-- Check 7: the referral columns are what profiles and paid rewards of the person's ids say. Returns the rest.
with

resolved as (

    select * from {{ ref('int_square__customers_resolved') }}

),

profiles as (

    select
        coalesce(resolved.canonical_customer_id, profiles.customer_id) as square_customer_id,
        profiles.*
    from {{ ref('stg_square__referral_profiles') }} as profiles
    left join resolved
        on profiles.organization_id = resolved.organization_id and profiles.customer_id = resolved.customer_id
    where not profiles.is_deleted

),

least_ids as (

    select
        organization_id,
        square_customer_id,
        min(case when customer_id = square_customer_id then customer_id end) as own_id,
        min({{ ledgerline.by_bytes('customer_id') }}) as least_id
    from profiles
    where used_referral_code is not null
    group by organization_id, square_customer_id

),

sources as (

    select
        least_ids.organization_id,
        least_ids.square_customer_id,
        profiles.used_referral_code
    from least_ids
    inner join profiles
        on
            least_ids.organization_id = profiles.organization_id
            and coalesce(least_ids.own_id, least_ids.least_id) = profiles.customer_id

),

counted as (

    select
        organization_id,
        square_customer_id,
        sum(case when is_activated then 1 else 0 end) > 0 as is_referrer,
        min(activated_at) as activated_at,
        sum(total_referrals_count) as total_referrals
    from profiles
    group by organization_id, square_customer_id

),

rewards as (

    select
        rewards.organization_id,
        coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id) as square_customer_id,
        sum(rewards.reward_cents) as reward_cents
    from {{ ref('stg_square__referral_rewards') }} as rewards
    left join resolved as referrers
        on
            rewards.organization_id = referrers.organization_id
            and rewards.referrer_customer_id = referrers.customer_id
    left join resolved as referred
        on
            rewards.organization_id = referred.organization_id
            and rewards.referred_customer_id = referred.customer_id
    where
        rewards.status = 'PAID'
        and not rewards.is_deleted
        and rewards.reward_type = 'referrer_reward'
        and coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id)
        is distinct from coalesce(referred.canonical_customer_id, rewards.referred_customer_id)
    group by rewards.organization_id, coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id)

)

select
    customers.organization_id,
    customers.square_customer_id
from {{ ref('customer_analytics') }} as customers
left join counted
    on
        customers.organization_id = counted.organization_id
        and customers.square_customer_id = counted.square_customer_id
left join sources
    on
        customers.organization_id = sources.organization_id
        and customers.square_customer_id = sources.square_customer_id
left join rewards
    on
        customers.organization_id = rewards.organization_id
        and customers.square_customer_id = rewards.square_customer_id
where
    customers.is_referrer is distinct from coalesce(counted.is_referrer, false)
    or customers.activated_as_referrer_at is distinct from counted.activated_at
    or customers.referral_source is distinct from sources.used_referral_code
    or coalesce(customers.total_referrals, 0) is distinct from coalesce(counted.total_referrals, 0)
    or coalesce(customers.total_rewards_cents, 0) is distinct from coalesce(rewards.reward_cents, 0)
