{{ config(severity='warn') }}

-- A warning, since the app follows our decisions by hand: its tier is another one than ours. Returns those creators.
select
    client_id,
    user_id,
    current_tier,
    app_current_tier
from {{ ref('users') }}
where app_tier_differs
