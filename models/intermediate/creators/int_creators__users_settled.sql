-- Each creator after this run's decisions. A run that decides also keeps these rows for its day: the last run of a day
-- is what was said on it.
{{ config(post_hook=['{{ ledgerline.forget_day() }}', '{{ ledgerline.record_day() }}']) }}

with

states as (

    select * from {{ ref('int_creators__values_after') }}

),

creators as (

    select
        creators.*,
        clients.vip_metric,
        creators.total_video_sales + creators.manual_adjustments_total as total_sales,
        creators.total_video_units + creators.manual_adjustments_units as total_units
    from {{ ref('int_creators__creators_listed') }} as creators
    inner join {{ ref('int_creators__clients_known') }} as clients on creators.client_id = clients.client_id

),

tiers as (

    select
        *,
        lead(tier_name) over by_order as next_tier_name,
        lead(sales_threshold) over by_order as next_sales_threshold,
        lead(units_threshold) over by_order as next_units_threshold,
        lead(threshold) over by_order as next_threshold,
        lead(tier_id) over by_order is null as is_highest
    from {{ ref('int_creators__tiers_scaled') }}
    window by_order as (partition by client_id order by tier_order, {{ ledgerline.by_bytes('tier_id') }})

),

-- What own videos brought since the day of the window's start, whenever they were posted.
earned as (

    select
        states.client_id,
        states.creator_key,
        sum(changes.sales_dollars_change) as window_earned_sales,
        sum(changes.sales_units_change) as window_earned_units
    from states
    inner join {{ ref('int_creators__videos_settled') }} as videos
        on states.client_id = videos.client_id and states.creator_key = videos.creator_key
    inner join {{ ref('int_creators__video_changes_found') }} as changes
        on videos.client_id = changes.client_id and videos.video_key = changes.video_key
    where
        changes.sync_date > {{ ledgerline.utc_day('states.window_start') }}
        and not changes.is_baseline
    group by states.client_id, states.creator_key

),

ranked as (

    select
        client_id,
        creator_key,
        row_number() over (
            partition by client_id
            order by
                case when vip_metric = 'units' then total_units else total_sales end desc,
                first_video_date nulls last,
                {{ ledgerline.by_bytes('creator_key') }}
        ) as leaderboard_rank
    from creators
    where not is_admin

),

valued as (

    select
        states.*,
        creators.user_id,
        creators.tiktok_handle,
        creators.is_admin,
        creators.is_auto_created,
        creators.vip_metric,
        creators.app_tier,
        creators.video_count,
        creators.first_video_date,
        creators.last_video_date,
        creators.total_video_sales,
        creators.total_video_units,
        creators.manual_adjustments_total,
        creators.manual_adjustments_units,
        creators.pending_adjustments_total,
        creators.pending_adjustments_units,
        creators.total_sales,
        creators.total_units,
        ranked.leaderboard_rank,
        earned.window_earned_sales,
        earned.window_earned_units
    from states
    inner join creators
        on states.client_id = creators.client_id and states.creator_key = creators.creator_key
    left join ranked
        on states.client_id = ranked.client_id and states.creator_key = ranked.creator_key
    left join earned
        on states.client_id = earned.client_id and states.creator_key = earned.creator_key

),

measured as (

    select
        *,
        {{ ledgerline.promotion_value() }} as promotion_value,
        {{ ledgerline.checkpoint_value() }} as checkpoint_value,
        case when vip_metric = 'units' then window_units else window_sales end as value_without_adjustments
    from valued

),

projected as (

    select
        *,
        {{ ledgerline.tier_order_for('measured.client_id', 'measured.checkpoint_value') }} as projected_order,
        {{ ledgerline.tier_order_for('measured.client_id', 'measured.value_without_adjustments') }} as unadjusted_order
    from measured

),

final as (

    select
        -- ids
        projected.client_id,
        projected.user_id,
        projected.creator_key as handle_key,

        -- texts
        projected.tiktok_handle,
        projected.vip_metric,
        projected.current_tier,
        projected.tier_state_source,
        projected.app_tier as app_current_tier,
        projected_tiers.tier_id as projected_tier_at_checkpoint,
        unadjusted_tiers.tier_id as projected_tier_without_adjustments,
        tiers.next_tier_name,

        -- numerics
        projected.tier_order,
        projected.video_count,
        projected.total_video_sales,
        projected.total_video_units,
        projected.manual_adjustments_total,
        projected.manual_adjustments_units,
        projected.pending_adjustments_total,
        projected.pending_adjustments_units,
        cast(projected.total_sales as decimal(18, 2)) as total_sales,
        projected.total_units,
        projected.window_sales as checkpoint_sales_current,
        projected.window_units as checkpoint_units_current,
        projected.window_video_count as checkpoint_videos_posted,
        projected.window_views as checkpoint_total_views,
        projected.window_likes as checkpoint_total_likes,
        projected.window_comments as checkpoint_total_comments,
        projected.window_adjusted_sales as window_adjustments_total,
        projected.window_adjusted_units as window_adjustments_units,
        projected.checkpoint_value,
        case when projected.vip_metric = 'sales' then tiers.threshold end as checkpoint_sales_target,
        cast(case when projected.vip_metric = 'units' then tiers.threshold end as bigint) as checkpoint_units_target,
        tiers.next_sales_threshold as next_tier_threshold,
        tiers.next_units_threshold as next_tier_threshold_units,
        cast(
            case
                when tiers.is_highest then 100
                when tiers.next_threshold <= 0 then null
                when projected.checkpoint_value >= tiers.next_threshold then 100
                when projected.checkpoint_value <= 0 and tiers.next_threshold is not null then 0
                else
                    cast({{ ledgerline.rounded_ratio(
                        '10000 * ' ~ ledgerline.to_cents('projected.checkpoint_value'),
                        ledgerline.to_cents('tiers.next_threshold')
                    ) }} as decimal(18, 0)) * 0.01
            end as decimal(9, 2)
        ) as next_tier_percent,
        projected.promotion_value,
        projected.leaderboard_rank,
        cast(
            case when projected.window_start is not null then coalesce(projected.window_earned_sales, 0) end
            as decimal(18, 2)
        ) as window_earned_sales,
        cast(
            case when projected.window_start is not null then coalesce(projected.window_earned_units, 0) end as bigint
        ) as window_earned_units,
        {{ ledgerline.days_between('projected.last_video_date', ledgerline.as_of_utc_day()) }} as days_since_last_post,
        tiers.threshold as current_threshold,
        projected.projected_order,

        -- booleans
        projected.is_admin,
        projected.is_auto_created,
        tiers.is_exempt,
        not projected.is_auto_created
        and coalesce(projected.app_tier, lowest.tier_id, '') <> coalesce(projected.current_tier, '')
            as app_tier_differs,
        coalesce(
            {{ ledgerline.days_between('projected.last_video_date', ledgerline.as_of_utc_day()) }}
            > {{ var('creators_silent_days') }},
            false
        ) as is_silent,

        -- dates
        projected.first_video_date,
        projected.last_video_date,
        {{ ledgerline.as_of_utc_day() }} as as_of_date,

        -- timestamps
        projected.tier_achieved_at,
        projected.window_start,
        projected.next_checkpoint_at,
        {{ ledgerline.as_of_instant() }} as checkpoint_progress_updated_at

    from projected
    left join tiers
        on projected.client_id = tiers.client_id and projected.current_tier = tiers.tier_id
    left join tiers as projected_tiers
        on projected.client_id = projected_tiers.client_id and projected.projected_order = projected_tiers.tier_order
    left join tiers as unadjusted_tiers
        on projected.client_id = unadjusted_tiers.client_id and projected.unadjusted_order = unadjusted_tiers.tier_order
    left join tiers as lowest
        on projected.client_id = lowest.client_id and lowest.is_lowest

)

select * from final
