-- The missions that this run opens, looks at or closes. What was completed or has expired is never looked at again.
{{ config(post_hook=['{{ ledgerline.forget_missions() }}', '{{ ledgerline.record_missions() }}']) }}

with

run as (

    select as_of from {{ ref('int_creators__run_opened') }}
    where is_deciding

),

missions as (

    select * from {{ ref('int_creators__missions_known') }}

),

recorded as (

    select
        handles.creator_key,
        recorded.*
    from {{ ref('int_creators__missions_recorded') }} as recorded
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on recorded.client_id = handles.client_id and recorded.handle_key = handles.handle_key

),

states as (

    select
        client_id,
        creator_key,
        tier_order,
        window_start,
        next_checkpoint_at,
        false as is_after_decisions
    from {{ ref('int_creators__states_carried') }}

    union all

    select
        client_id,
        creator_key,
        tier_order,
        window_start,
        next_checkpoint_at,
        true as is_after_decisions
    from {{ ref('int_creators__states_settled') }}

),

eligible as (

    select
        states.client_id,
        states.creator_key,
        states.window_start as checkpoint_start,
        states.next_checkpoint_at as checkpoint_end,
        states.is_after_decisions,
        missions.mission_id,
        row_number() over (
            partition by states.client_id, states.creator_key, missions.mission_id, states.window_start
            order by case when states.is_after_decisions then 1 else 0 end
        ) as phase_rank
    from states
    inner join {{ ref('int_creators__creators_listed') }} as creators
        on
            states.client_id = creators.client_id
            and states.creator_key = creators.creator_key
            and not creators.is_admin
    inner join missions
        on
            states.client_id = missions.client_id
            and missions.is_enabled
            and (missions.tier_eligibility = 'all' or states.tier_order >= missions.eligible_order)

),

opened as (

    select
        eligible.client_id,
        eligible.creator_key,
        eligible.creator_key as handle_key,
        eligible.mission_id,
        eligible.checkpoint_start,
        eligible.checkpoint_end,
        run.as_of as opened_at,
        eligible.is_after_decisions,
        cast(null as decimal(18, 2)) as recorded_value
    from eligible
    cross join run
    where
        eligible.phase_rank = 1
        and not exists (
            select 1
            from recorded as known
            where
                known.client_id = eligible.client_id
                and known.creator_key = eligible.creator_key
                and known.mission_id = eligible.mission_id
                and {{ ledgerline.instant_text('known.checkpoint_start') }}
                = {{ ledgerline.instant_text('eligible.checkpoint_start') }}
        )

),

open_missions as (

    select * from opened

    union all

    select
        recorded.client_id,
        recorded.creator_key,
        recorded.handle_key,
        recorded.mission_id,
        recorded.checkpoint_start,
        recorded.checkpoint_end,
        recorded.opened_at,
        -- One that was opened after the decisions of this very as-of has had its look.
        recorded.is_after_decisions and recorded.opened_at = run.as_of as is_after_decisions,
        recorded.current_value as recorded_value
    from recorded
    cross join run
    where recorded.status in ('active', 'dormant')

),

-- Only windows that are open count here: no mission is closed twice.
video_values as (

    select
        open_missions.client_id,
        open_missions.handle_key,
        open_missions.mission_id,
        open_missions.checkpoint_start,
        count(*) as videos,
        sum(videos.sales_dollars) as sales_dollars,
        sum(videos.sales_units) as sales_units,
        sum(videos.views) as views,
        sum(videos.likes) as likes
    from open_missions
    inner join {{ ref('int_creators__videos_settled') }} as videos
        on
            open_missions.client_id = videos.client_id
            and open_missions.creator_key = videos.creator_key
            and open_missions.checkpoint_start <= videos.posted_at
            and (open_missions.checkpoint_end is null or open_missions.checkpoint_end > videos.posted_at)
            and videos.post_date <= {{ ledgerline.as_of_utc_day() }}
    group by
        open_missions.client_id, open_missions.handle_key, open_missions.mission_id, open_missions.checkpoint_start

),

delivered as (

    {{ ledgerline.creator_counts_delivered() }}

),

looked_at as (

    select
        open_missions.*,
        missions.title,
        missions.mission_type,
        missions.target_value,
        settled.window_start as window_start_now,
        not missions.is_activated or not missions.is_enabled as is_dormant,
        cast(
            case
                -- Nobody can tell how far it is.
                when missions.mission_type = 'views' and not coalesce(delivered.has_views, false) then null
                when missions.mission_type = 'likes' and not coalesce(delivered.has_likes, false) then null
                when not missions.is_enabled then coalesce(open_missions.recorded_value, 0)
                when not missions.is_activated then 0
                else coalesce(
                    case missions.mission_type
                        when 'sales_dollars' then video_values.sales_dollars
                        when 'sales_units' then video_values.sales_units
                        when 'videos' then video_values.videos
                        when 'views' then video_values.views
                        when 'likes' then video_values.likes
                    end,
                    0
                )
            end as decimal(18, 2)
        ) as current_value
    from open_missions
    inner join missions
        on open_missions.client_id = missions.client_id and open_missions.mission_id = missions.mission_id
    inner join {{ ref('int_creators__states_settled') }} as settled
        on open_missions.client_id = settled.client_id and open_missions.creator_key = settled.creator_key
    left join delivered
        on open_missions.client_id = delivered.client_id
    left join video_values
        on
            open_missions.client_id = video_values.client_id
            and open_missions.handle_key = video_values.handle_key
            and open_missions.mission_id = video_values.mission_id
            and open_missions.checkpoint_start = video_values.checkpoint_start

),

judged as (

    select
        *,
        not is_dormant
        and not is_after_decisions
        and mission_type <> 'raffle'
        and target_value > 0
        and coalesce(current_value >= target_value, false) as is_completed
    from looked_at

),

final as (

    select
        -- ids
        judged.client_id,
        judged.handle_key,
        judged.mission_id,

        -- texts
        judged.title,
        judged.mission_type,
        case
            when judged.is_completed then 'completed'
            when
                run.as_of >= judged.checkpoint_end
                or {{ ledgerline.instant_text('judged.window_start_now') }}
                <> {{ ledgerline.instant_text('judged.checkpoint_start') }}
                then 'expired'
            when judged.is_dormant then 'dormant'
            else 'active'
        end as status,

        -- numerics
        judged.target_value,
        judged.current_value,

        -- booleans
        judged.is_after_decisions,

        -- timestamps
        case when judged.is_completed then run.as_of end as completed_at,
        judged.checkpoint_start,
        judged.checkpoint_end,
        judged.opened_at,
        run.as_of as evaluated_at

    from judged
    cross join run

)

select * from final
