with

changes as (

    select
        changes.*,
        case
            when clients.vip_metric = 'units' then changes.sales_units_change
            else changes.sales_dollars_change
        end as metric_change
    from {{ ref('int_creators__video_changes_found') }} as changes
    inner join {{ ref('int_creators__clients_known') }} as clients on changes.client_id = clients.client_id

),

final as (

    select
        -- ids
        changes.client_id,
        changes.video_key,
        changes.sync_date,
        changes.previous_sync_date,
        videos.user_id,

        -- texts
        case
            when changes.is_first and changes.is_baseline then 'baseline'
            when changes.is_first then 'new'
            when changes.metric_change > 0 then 'increase'
            when changes.metric_change < 0 then 'decrease'
            else 'other'
        end as change_type,

        -- numerics
        changes.sales_dollars,
        changes.previous_sales_dollars,
        cast(changes.sales_dollars_change as decimal(18, 2)) as sales_dollars_change,
        changes.sales_units_change,
        changes.views_change,
        changes.likes_change,
        changes.comments_change,

        -- dates
        changes.post_date,
        {{ ledgerline.days_between('changes.post_date', 'changes.sync_date') }} as days_since_post,
        coalesce(
            {{ ledgerline.midnight('changes.post_date') }} >= users.window_start
            and changes.post_date <= {{ ledgerline.as_of_utc_day() }},
            false
        ) as is_in_window

    from changes
    inner join {{ ref('int_creators__videos_settled') }} as videos
        on changes.client_id = videos.client_id and changes.video_key = videos.video_key
    inner join {{ ref('int_creators__users_settled') }} as users
        on videos.client_id = users.client_id and videos.creator_key = users.handle_key

)

select * from final
