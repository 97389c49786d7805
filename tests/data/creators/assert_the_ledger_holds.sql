{{ config(enabled=(var('creators_tier_master') != 'app')) }}

-- A creator stands where the newest decision left them. Where it is not so, a state was carried past its decision.
-- Returns those creators, with both tiers. Does not hold where the app is the master of tiers.
with

decisions as (

    select
        *,
        row_number() over (
            partition by client_id, user_id
            order by decided_at desc, {{ ledgerline.by_bytes('handle_key') }}
        ) as recency
    from {{ ref('tier_checkpoints') }}
    where decided_at <= {{ ledgerline.as_of_instant() }}

)

select
    decisions.client_id,
    decisions.user_id,
    decisions.tier_after,
    users.current_tier
from decisions
inner join {{ ref('users') }} as users
    on decisions.client_id = users.client_id and decisions.user_id = users.user_id
inner join {{ ref('tiers') }} as tiers
    on decisions.client_id = tiers.client_id and decisions.tier_after = tiers.tier_id
cross join {{ ref('int_creators__run_opened') }} as run
where
    decisions.recency = 1
    and run.is_deciding
    and not users.is_admin
    and coalesce(users.current_tier, '') <> decisions.tier_after
