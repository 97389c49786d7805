-- depends_on: {{ ref('int_creators__decisions_made') }}
with

decisions as (

    select * from {{ ref('int_creators__decisions_recorded') }}

),

handles as (

    select * from {{ ref('int_creators__handles_resolved') }}

),

final as (

    select
        -- ids
        decisions.client_id,
        {{ ledgerline.decision_id('decisions') }} as decision_id,
        coalesce(handles.user_id, 'auto-' || md5(decisions.client_id || '|' || decisions.handle_key)) as user_id,
        decisions.handle_key,

        -- texts
        decisions.decided_at,
        {{ ledgerline.utc_day('decisions.decided_at') }} as checkpoint_date,
        decisions.vip_metric,
        decisions.sync_date,
        decisions.decision,
        decisions.status,
        decisions.basis,
        decisions.tier_before,
        decisions.tier_after,

        -- the period
        decisions.period_start,
        case when decisions.basis is not null then decisions.decided_at end as period_end,
        {{ ledgerline.utc_day('decisions.period_start') }} as period_start_date,
        case
            when decisions.basis is not null then {{ ledgerline.utc_day('decisions.decided_at') }}
        end as period_end_date,

        -- what was compared
        decisions.decision_value,
        decisions.required_value,
        case when decisions.vip_metric = 'sales' then decisions.decision_value end as sales_in_period,
        case when decisions.vip_metric = 'sales' then decisions.required_value end as sales_required,
        cast(case when decisions.vip_metric = 'units' then decisions.decision_value end as bigint) as units_in_period,
        cast(case when decisions.vip_metric = 'units' then decisions.required_value end as bigint) as units_required,

        -- evidence
        decisions.video_count,
        decisions.video_sales,
        decisions.video_units,
        decisions.video_views,
        decisions.adjustments_sales,
        decisions.adjustments_units,

        -- the state it leaves
        decisions.tier_achieved_at_after,
        decisions.window_start_after,
        decisions.next_checkpoint_at_after

    from decisions
    left join handles
        on decisions.client_id = handles.client_id and decisions.handle_key = handles.handle_key

)

select * from final
