with

clients as (

    select * from {{ ref('int_creators__clients_known') }}

),

users as (

    select
        client_id,
        count(case when not is_admin then 1 end) as creator_count,
        sum(video_count) as video_count,
        sum(total_sales) as total_sales,
        sum(total_units) as total_units
    from {{ ref('int_creators__users_settled') }}
    group by client_id

),

syncs as (

    select
        client_id,
        max(sync_date) as last_sync_date
    from {{ ref('int_creators__videos_settled') }}
    group by client_id

),

final as (

    select
        -- ids
        clients.client_id,

        -- texts
        clients.name,
        clients.subdomain,
        clients.vip_metric,
        clients.tier_calculation_mode,

        -- numerics
        clients.checkpoint_months,
        clients.currency,
        clients.created_at,
        coalesce(users.creator_count, 0) as creator_count,
        cast(coalesce(users.video_count, 0) as bigint) as video_count,
        cast(coalesce(users.total_sales, 0) as decimal(18, 2)) as total_sales,
        cast(coalesce(users.total_units, 0) as bigint) as total_units,

        -- dates
        syncs.last_sync_date

    from clients
    left join users on clients.client_id = users.client_id
    left join syncs on clients.client_id = syncs.client_id

)

select * from final
