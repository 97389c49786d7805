with

final as (

    select
        -- ids
        client_id,
        user_id,
        handle_key,

        -- texts
        tiktok_handle,
        is_admin,
        is_auto_created,
        vip_metric,

        -- the tier, after this run's decisions
        current_tier,
        tier_achieved_at,
        window_start,
        next_checkpoint_at,
        tier_state_source,
        app_current_tier,
        app_tier_differs,

        -- all time
        video_count,
        first_video_date,
        last_video_date,
        total_video_sales,
        total_video_units,
        manual_adjustments_total,
        manual_adjustments_units,
        pending_adjustments_total,
        pending_adjustments_units,
        total_sales,
        total_units,

        -- the window
        checkpoint_sales_current,
        checkpoint_units_current,
        checkpoint_videos_posted,
        checkpoint_total_views,
        checkpoint_total_likes,
        checkpoint_total_comments,
        window_adjustments_total,
        window_adjustments_units,
        checkpoint_value,
        checkpoint_sales_target,
        checkpoint_units_target,
        projected_tier_at_checkpoint,
        projected_tier_without_adjustments,

        -- the next tier
        next_tier_name,
        next_tier_threshold,
        next_tier_threshold_units,
        next_tier_percent,
        promotion_value,
        leaderboard_rank,
        checkpoint_progress_updated_at,

        -- beyond
        window_earned_sales,
        window_earned_units,
        days_since_last_post,
        is_silent

    from {{ ref('int_creators__users_settled') }}

)

select * from final
