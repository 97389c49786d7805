-- Whoever a row of a client names is somebody of that client. Returns the rows that name somebody else.
with

named as (

    select
        'videos' as mart,
        client_id,
        user_id
    from {{ ref('videos') }}

    union all

    select
        'leaderboard' as mart,
        client_id,
        user_id
    from {{ ref('leaderboard') }}

    union all

    select
        'checkpoint_risk' as mart,
        client_id,
        user_id
    from {{ ref('checkpoint_risk') }}

    union all

    select
        'video_daily_changes' as mart,
        client_id,
        user_id
    from {{ ref('video_daily_changes') }}

)

select named.*
from named
left join {{ ref('users') }} as users
    on named.client_id = users.client_id and named.user_id = users.user_id
where users.user_id is null
