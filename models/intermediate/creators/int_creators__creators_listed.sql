-- Everybody who has, or had, a handle in the app or in an export, with what all their videos and adjustments bring.
with

handles as (

    select * from {{ ref('int_creators__handles_resolved') }}

),

creators as (

    select distinct
        client_id,
        creator_key,
        user_id,
        is_auto_created
    from handles

),

users as (

    select * from {{ ref('int_creators__users_versioned') }}
    where recency = 1

),

-- A handle as it was last written, by the app or in an export.
spellings as (

    select
        client_id,
        handle_key,
        tiktok_handle,
        export_date as written_on,
        0 as place,
        '' as video_key
    from users

    union all

    select
        client_id,
        handle_key,
        tiktok_handle,
        sync_date as written_on,
        1 as place,
        video_key
    from {{ ref('int_creators__videos_settled') }}

),

spelled as (

    select
        client_id,
        handle_key,
        tiktok_handle,
        row_number() over (
            partition by client_id, handle_key
            order by written_on desc, place, {{ ledgerline.by_bytes('video_key') }} desc
        ) as spelling_rank
    from spellings

),

video_sums as (

    select
        client_id,
        creator_key,
        count(*) as video_count,
        min(post_date) as first_video_date,
        max(post_date) as last_video_date,
        sum(sales_dollars) as total_video_sales,
        sum(sales_units) as total_video_units,
        sum(views) as total_views,
        sum(ctr * views) as clicked_percent,
        sum(case when ctr is not null then views end) as clickable_views
    from {{ ref('int_creators__videos_settled') }}
    group by client_id, creator_key

),

delivered as (

    {{ ledgerline.creator_counts_delivered() }}

),

adjustment_sums as (

    select
        client_id,
        creator_key,
        sum(case when applied_at is not null then amount end) as manual_adjustments_total,
        sum(case when applied_at is not null then amount_units end) as manual_adjustments_units,
        sum(case when applied_at is null then amount end) as pending_adjustments_total,
        sum(case when applied_at is null then amount_units end) as pending_adjustments_units
    from {{ ref('int_creators__adjustments_versioned') }}
    where recency = 1
    group by client_id, creator_key

),

final as (

    select
        -- ids
        creators.client_id,
        creators.creator_key,
        creators.user_id,

        -- texts
        coalesce(spelled.tiktok_handle, creators.creator_key) as tiktok_handle,
        nullif(users.current_tier, '') as app_tier,

        -- numerics
        coalesce(video_sums.video_count, 0) as video_count,
        cast(coalesce(video_sums.total_video_sales, 0) as decimal(18, 2)) as total_video_sales,
        cast(coalesce(video_sums.total_video_units, 0) as bigint) as total_video_units,
        cast(case when delivered.has_views then coalesce(video_sums.total_views, 0) end as bigint) as total_views,
        video_sums.clicked_percent,
        video_sums.clickable_views,
        cast(coalesce(adjustment_sums.manual_adjustments_total, 0) as decimal(18, 2)) as manual_adjustments_total,
        cast(coalesce(adjustment_sums.manual_adjustments_units, 0) as bigint) as manual_adjustments_units,
        cast(coalesce(adjustment_sums.pending_adjustments_total, 0) as decimal(18, 2)) as pending_adjustments_total,
        cast(coalesce(adjustment_sums.pending_adjustments_units, 0) as bigint) as pending_adjustments_units,

        -- booleans
        coalesce(users.is_admin, false) as is_admin,
        creators.is_auto_created,

        -- dates
        video_sums.first_video_date,
        video_sums.last_video_date,

        -- timestamps
        users.tier_achieved_at as app_tier_achieved_at,
        users.next_checkpoint_at as app_next_checkpoint_at,
        users.window_start as app_window_start,
        users.updated_at as app_updated_at

    from creators
    left join users
        on creators.client_id = users.client_id and creators.user_id = users.user_id
    left join spelled
        on
            creators.client_id = spelled.client_id
            and creators.creator_key = spelled.handle_key
            and spelled.spelling_rank = 1
    left join video_sums
        on creators.client_id = video_sums.client_id and creators.creator_key = video_sums.creator_key
    left join delivered
        on creators.client_id = delivered.client_id
    left join adjustment_sums
        on creators.client_id = adjustment_sums.client_id and creators.creator_key = adjustment_sums.creator_key

)

select * from final
