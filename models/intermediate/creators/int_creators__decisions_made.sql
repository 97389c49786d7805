-- What this run decides, one decision at most of each creator: the app's own change is taken over, else a promotion,
-- else a checkpoint that is due. The rows go into the ledger with the build of this model; no later run changes them.
{{ config(post_hook=['{{ ledgerline.record_decisions() }}', '{{ ledgerline.record_run() }}']) }}

with

states as (

    select
        states.*,
        clients.vip_metric,
        clients.checkpoint_months,
        creators.video_count,
        creators.total_video_sales,
        creators.total_video_units,
        creators.total_views,
        creators.manual_adjustments_total,
        creators.manual_adjustments_units
    from {{ ref('int_creators__values_before') }} as states
    inner join {{ ref('int_creators__clients_known') }} as clients on states.client_id = clients.client_id
    inner join {{ ref('int_creators__creators_listed') }} as creators
        on states.client_id = creators.client_id and states.creator_key = creators.creator_key
    cross join {{ ref('int_creators__run_opened') }} as run
    where run.is_deciding and states.is_open_to_decision

),

valued as (

    select
        *,
        {{ ledgerline.promotion_value() }} as promotion_value,
        {{ ledgerline.checkpoint_value() }} as checkpoint_value
    from states

),

reached as (

    select
        *,
        {{ ledgerline.tier_order_for('valued.client_id', 'valued.promotion_value') }} as promotion_order,
        {{ ledgerline.tier_order_for('valued.client_id', 'valued.checkpoint_value') }} as checkpoint_order
    from valued

),

chosen as (

    select
        *,
        case
            when is_obeyed then 'app_change'
            when promotion_order > tier_order then 'promotion'
            when
                tier_calculation_mode = 'fixed_checkpoint'
                and not is_exempt
                and window_start is not null
                and next_checkpoint_at <= {{ ledgerline.as_of_instant() }}
                then 'checkpoint'
        end as decision
    from reached

),

decided as (

    select
        chosen.*,
        tiers.tier_id as new_tier,
        tiers.threshold as new_threshold,
        before.threshold as old_threshold,
        case
            when chosen.decision = 'checkpoint' then 'window'
            when chosen.decision = 'promotion' and chosen.demoted_at is null then 'lifetime'
            when chosen.decision = 'promotion' then 'since_demotion'
        end as basis,
        case
            when chosen.decision = 'app_change' then 'app_change'
            when tiers.tier_order > chosen.tier_order then 'promoted'
            when tiers.tier_order = chosen.tier_order then 'maintained'
            else 'demoted'
        end as status
    from chosen
    inner join {{ ref('int_creators__tiers_scaled') }} as tiers
        on
            chosen.client_id = tiers.client_id
            and tiers.tier_order = case chosen.decision
                when 'promotion' then chosen.promotion_order
                when 'checkpoint' then chosen.checkpoint_order
                else chosen.tier_order
            end
    inner join {{ ref('int_creators__tiers_scaled') }} as before
        on chosen.client_id = before.client_id and chosen.current_tier = before.tier_id
    where chosen.decision is not null

),

syncs as (

    select
        client_id,
        max(sync_date) as sync_date
    from {{ ref('int_creators__videos_settled') }}
    group by client_id

),

seen as (

    select max(landed_run) as seen_run
    from (
        select landed_run from {{ ref('stg_cruva__syncs') }}
        union all
        select landed_run from {{ ref('stg_loyalty__sales_adjustments') }}
    ) as landed

),

final as (

    select
        -- ids
        decided.client_id,
        decided.creator_key as handle_key,

        -- texts
        decided.vip_metric,
        decided.decision,
        decided.status,
        decided.basis,
        case when decided.is_obeyed then decided.decided_tier else decided.current_tier end as tier_before,
        decided.new_tier as tier_after,

        -- numerics
        case decided.decision
            when 'promotion' then decided.promotion_value
            when 'checkpoint' then decided.checkpoint_value
        end as decision_value,
        case decided.decision
            when 'promotion' then decided.new_threshold
            when 'checkpoint' then decided.old_threshold
        end as required_value,
        {%- for column, total, part, type in (
            ('video_count', 'video_count', 'video_count', 'bigint'),
            ('video_sales', 'total_video_sales', 'sales', 'decimal(18, 2)'),
            ('video_units', 'total_video_units', 'units', 'bigint'),
            ('video_views', 'total_views', 'views', 'bigint'),
            ('adjustments_sales', 'manual_adjustments_total', 'adjusted_sales', 'decimal(18, 2)'),
            ('adjustments_units', 'manual_adjustments_units', 'adjusted_units', 'bigint'),
        ) %}
        cast(
            case decided.basis
                when 'lifetime' then decided.{{ total }}
                when 'since_demotion' then decided.since_demotion_{{ part }}
                when 'window' then decided.window_{{ part }}
            end as {{ type }}
        ) as {{ column }},
        {%- endfor %}
        -- What landed in a later run was not known.
        seen.seen_run,

        -- dates
        syncs.sync_date,

        -- timestamps
        {{ ledgerline.as_of_instant() }} as decided_at,
        case decided.basis
            when 'since_demotion' then decided.demoted_at
            when 'window' then decided.window_start
        end as period_start,
        case
            when decided.is_obeyed or decided.status = 'maintained' then decided.tier_achieved_at
            else {{ ledgerline.as_of_instant() }}
        end as tier_achieved_at_after,
        case
            when decided.is_obeyed then decided.window_start
            else {{ ledgerline.as_of_instant() }}
        end as window_start_after,
        case
            when decided.is_obeyed then decided.next_checkpoint_at
            -- In UTC; the last day of a month that has no such day.
            else timezone(
                'UTC',
                timezone('UTC', {{ ledgerline.as_of_instant() }}) + decided.checkpoint_months * interval '1 month'
            )
        end as next_checkpoint_at_after

    from decided
    left join syncs on decided.client_id = syncs.client_id
    cross join seen

)

select * from final
