-- A tier that a mart names is one of the client's scale. Returns the ones that are not, with who holds them.
with

named as (

    select
        client_id,
        user_id,
        current_tier as tier_id
    from {{ ref('users') }}

    union all

    select
        client_id,
        user_id,
        projected_tier_at_checkpoint as tier_id
    from {{ ref('users') }}

    union all

    select
        client_id,
        user_id,
        pace_tier as tier_id
    from {{ ref('checkpoint_risk') }}

    union all

    select
        client_id,
        user_id,
        tier_now as tier_id
    from {{ ref('checkpoint_reviews') }}

)

select named.*
from named
left join {{ ref('tiers') }} as tiers
    on named.client_id = tiers.client_id and named.tier_id = tiers.tier_id
where named.tier_id is not null and tiers.tier_id is null
