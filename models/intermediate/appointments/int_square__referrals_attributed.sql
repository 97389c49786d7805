-- Per person: whether they refer, whose code they came by, and what referring earned them.
with

profiles as (

    select * from {{ ref('stg_square__referral_profiles') }}
    where not is_deleted

),

rewards as (

    select * from {{ ref('stg_square__referral_rewards') }}
    where not is_deleted and status = 'PAID'

),

customers as (

    select * from {{ ref('int_square__customers_resolved') }}

),

resolved_profiles as (

    select
        profiles.*,
        coalesce(customers.canonical_customer_id, profiles.customer_id) as canonical_customer_id
    from profiles
    left join customers
        on profiles.organization_id = customers.organization_id and profiles.customer_id = customers.customer_id

),

-- The canonical profile's code, else that of the least id that has one.
sources as (

    select
        organization_id,
        canonical_customer_id,
        used_referral_code as referral_source,
        row_number() over (
            partition by organization_id, canonical_customer_id
            order by
                case when customer_id = canonical_customer_id then 0 else 1 end,
                {{ ledgerline.by_bytes('customer_id') }}
        ) as source_rank
    from resolved_profiles
    where used_referral_code is not null

),

codes as (

    select * from {{ ref('int_square__referral_codes_listed') }}

),

self_referrals as (

    select distinct
        sources.organization_id,
        sources.canonical_customer_id
    from sources
    inner join codes
        on
            sources.organization_id = codes.organization_id
            and sources.canonical_customer_id = codes.canonical_customer_id
            and lower(sources.referral_source) = codes.code
    where sources.source_rank = 1

),

summed as (

    select
        organization_id,
        canonical_customer_id,
        max(case when is_activated then 1 else 0 end) = 1 as is_referrer,
        min(activated_at) as activated_as_referrer_at,
        sum(total_referrals_count) as total_referrals,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from resolved_profiles
    group by organization_id, canonical_customer_id

),

rewards_resolved as (

    select
        rewards.organization_id,
        coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id) as canonical_customer_id,
        rewards.reward_cents,
        rewards.first_extracted_at,
        rewards.last_extracted_at
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
        rewards.reward_type = 'referrer_reward'
        and coalesce(referrers.canonical_customer_id, rewards.referrer_customer_id)
        is distinct from coalesce(referred.canonical_customer_id, rewards.referred_customer_id)

),

rewards_summed as (

    select
        organization_id,
        canonical_customer_id,
        sum(reward_cents) as reward_cents,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from rewards_resolved
    group by organization_id, canonical_customer_id

),

everyone as (

    select
        organization_id,
        canonical_customer_id
    from summed

    union

    select
        organization_id,
        canonical_customer_id
    from rewards_summed

),

final as (

    select
        everyone.organization_id,
        everyone.canonical_customer_id,
        coalesce(summed.is_referrer, false) as is_referrer,
        summed.activated_as_referrer_at,
        sources.referral_source,
        self_referrals.canonical_customer_id is not null as is_self_referred,
        cast(coalesce(summed.total_referrals, 0) as bigint) as total_referrals,
        cast(coalesce(rewards_summed.reward_cents, 0) as bigint) as total_rewards_cents,
        least(summed.first_extracted_at, rewards_summed.first_extracted_at) as first_extracted_at,
        greatest(summed.last_extracted_at, rewards_summed.last_extracted_at) as last_extracted_at
    from everyone
    left join summed
        on
            everyone.organization_id = summed.organization_id
            and everyone.canonical_customer_id = summed.canonical_customer_id
    left join sources
        on
            everyone.organization_id = sources.organization_id
            and everyone.canonical_customer_id = sources.canonical_customer_id
            and sources.source_rank = 1
    left join self_referrals
        on
            everyone.organization_id = self_referrals.organization_id
            and everyone.canonical_customer_id = self_referrals.canonical_customer_id
    left join rewards_summed
        on
            everyone.organization_id = rewards_summed.organization_id
            and everyone.canonical_customer_id = rewards_summed.canonical_customer_id

)

select * from final
