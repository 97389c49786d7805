-- The app user that has a handle now, else the last one that had it. Of two that have it, the one that is there longer.
with

users as (

    select * from {{ ref('int_creators__users_versioned') }}

),

users_now as (

    select * from users
    where recency = 1

),

held as (

    select
        client_id,
        user_id,
        handle_key,
        max(export_date) as last_held_on
    from users
    group by client_id, user_id, handle_key

),

ranked as (

    select
        held.*,
        held.handle_key = users_now.handle_key as is_now,
        row_number() over (
            partition by held.client_id, held.handle_key
            order by
                case when held.handle_key = users_now.handle_key then 0 else 1 end,
                case when held.handle_key <> users_now.handle_key then held.last_held_on end desc nulls last,
                users_now.created_at nulls last,
                {{ ledgerline.by_bytes('held.user_id') }}
        ) as owner_rank
    from held
    inner join users_now
        on held.client_id = users_now.client_id and held.user_id = users_now.user_id

),

final as (

    select
        client_id,
        handle_key,
        user_id,
        is_now,
        last_held_on
    from ranked
    where owner_rank = 1

)

select * from final
