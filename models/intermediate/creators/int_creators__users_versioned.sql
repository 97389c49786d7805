with

users as (

    select
        users.*,
        {{ ledgerline.recency(['users.client_id', 'users.user_id'], 'users.updated_at') }} as recency
    from {{ ref('stg_loyalty__users') }} as users
    inner join {{ ref('int_creators__clients_known') }} as clients on users.client_id = clients.client_id
    where users.export_date <= {{ ledgerline.as_of_utc_day() }}

),

final as (

    select
        -- ids
        client_id,
        user_id,
        handle_key,

        -- texts
        tiktok_handle,
        current_tier,

        -- numerics
        -- 1 is what holds now.
        recency,

        -- booleans
        is_admin,

        -- dates
        export_date,

        -- timestamps
        tier_achieved_at,
        next_checkpoint_at,
        window_start,
        created_at,
        updated_at

    from users

)

select * from final
