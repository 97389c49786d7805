-- depends_on: {{ ref('int_creators__decisions_made') }}
with

decisions as (

    select
        decisions.*,
        {{ ledgerline.decision_id('decisions') }} as decision_id,
        {{ ledgerline.utc_day('decisions.decided_at') }} as decided_on,
        handles.creator_key
    from {{ ref('int_creators__decisions_recorded') }} as decisions
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on decisions.client_id = handles.client_id and decisions.handle_key = handles.handle_key
    where
        decisions.decision <> 'app_change'
        and decisions.decided_at <= {{ ledgerline.as_of_instant() }}

),

changes as (

    select
        changes.*,
        handles.creator_key
    from {{ ref('int_creators__video_changes_found') }} as changes
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on changes.client_id = handles.client_id and changes.handle_key = handles.handle_key

),

videos as (

    select * from {{ ref('int_creators__videos_settled') }}

),

candidates as (

    select distinct
        decisions.decision_id,
        decisions.client_id,
        decisions.creator_key,
        decisions.vip_metric,
        decisions.basis,
        decisions.period_start,
        decisions.decided_on,
        changes.video_key
    from decisions
    inner join changes
        on decisions.client_id = changes.client_id and decisions.creator_key = changes.creator_key

),

-- What the newest export of the day of the decision said; it stands until the video's next change.
then_known as (

    select
        candidates.decision_id,
        changes.video_key,
        changes.creator_key,
        changes.post_date,
        case when candidates.vip_metric = 'units' then changes.sales_units else changes.sales_dollars end as value,
        row_number() over (
            partition by candidates.decision_id, changes.video_key order by changes.sync_date desc
        ) as recency
    from candidates
    inner join changes
        on
            candidates.client_id = changes.client_id
            and candidates.video_key = changes.video_key
            and candidates.decided_on >= changes.sync_date

),

video_evidence as (

    select
        candidates.client_id,
        candidates.decision_id,
        'video' as evidence_type,
        candidates.video_key as evidence_key,
        coalesce(then_known.post_date, videos.post_date) as evidence_date,
        case when then_known.creator_key = candidates.creator_key then then_known.value else 0 end as value_at_decision,
        case
            when videos.creator_key <> candidates.creator_key then 0
            when candidates.vip_metric = 'units' then videos.sales_units
            else videos.sales_dollars
        end as value_now,
        videos.first_seen_sync_date > candidates.decided_on as is_late
    from candidates
    inner join videos
        on candidates.client_id = videos.client_id and candidates.video_key = videos.video_key
    left join then_known
        on
            candidates.decision_id = then_known.decision_id
            and candidates.video_key = then_known.video_key
            and then_known.recency = 1
    where
        (
            candidates.basis = 'lifetime'
            or {{ ledgerline.midnight('coalesce(then_known.post_date, videos.post_date)') }} >= candidates.period_start
        )
        and (
            coalesce(then_known.post_date, videos.post_date) <= candidates.decided_on
            or (candidates.basis = 'lifetime' and then_known.creator_key = candidates.creator_key)
        )

),

adjustment_versions as (

    select
        decisions.decision_id,
        adjustments.*,
        case
            when decisions.basis = 'lifetime' then adjustments.applied_at <= decisions.decided_at
            else adjustments.applied_at >= decisions.period_start and adjustments.applied_at < decisions.decided_at
        end as is_in_period,
        case when decisions.vip_metric = 'units' then adjustments.amount_units else adjustments.amount end as value,
        adjustments.export_date > decisions.decided_on as is_later,
        row_number() over (
            partition by
                decisions.decision_id, adjustments.adjustment_id, adjustments.export_date > decisions.decided_on
            order by adjustments.recency
        ) as version_rank
    from decisions
    inner join {{ ref('int_creators__adjustments_versioned') }} as adjustments
        on decisions.client_id = adjustments.client_id and decisions.creator_key = adjustments.creator_key

),

adjustment_evidence as (

    select
        client_id,
        decision_id,
        'adjustment' as evidence_type,
        adjustment_id as evidence_key,
        max(case when is_in_period then {{ ledgerline.utc_day('applied_at') }} end) as evidence_date,
        sum(case when not is_later and is_in_period then value else 0 end) as value_at_decision,
        sum(case when recency = 1 and is_in_period then value else 0 end) as value_now,
        min(case when is_later then 1 else 0 end) = 1 as is_late
    from adjustment_versions
    where version_rank = 1
    group by client_id, decision_id, adjustment_id
    having max(case when is_in_period and value is not null then 1 else 0 end) = 1

),

evidence as (

    select * from video_evidence

    union all

    select * from adjustment_evidence

),

final as (

    select
        -- ids
        client_id,
        decision_id,
        evidence_type,
        evidence_key,

        -- dates
        evidence_date,

        -- numerics
        cast(value_at_decision as decimal(18, 2)) as value_at_decision,
        cast(value_now as decimal(18, 2)) as value_now,
        cast(value_now - value_at_decision as decimal(18, 2)) as value_change,

        -- booleans
        is_late

    from evidence

)

select * from final
