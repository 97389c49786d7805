-- Where each creator stands after the decisions of this as-of, made by this run or by an earlier one.
-- depends_on: {{ ref('int_creators__decisions_made') }}
with

decided as (

    select
        handles.creator_key,
        decisions.decision,
        decisions.tier_after,
        decisions.tier_achieved_at_after,
        decisions.next_checkpoint_at_after,
        decisions.window_start_after,
        decisions.client_id,
        tiers.tier_order,
        tiers.is_exempt,
        tiers.tier_order < before.tier_order as is_demotion
    from {{ ref('int_creators__decisions_recorded') }} as decisions
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on decisions.client_id = handles.client_id and decisions.handle_key = handles.handle_key
    inner join {{ ref('int_creators__tiers_scaled') }} as tiers
        on decisions.client_id = tiers.client_id and decisions.tier_after = tiers.tier_id
    left join {{ ref('int_creators__tiers_scaled') }} as before
        on decisions.client_id = before.client_id and decisions.tier_before = before.tier_id
    where decisions.decided_at = {{ ledgerline.as_of_instant() }}

),

final as (

    select
        -- ids
        states.client_id,
        states.creator_key,

        -- texts
        coalesce(decided.tier_after, states.current_tier) as current_tier,
        case
            when decided.decision = 'app_change' then 'app'
            when decided.decision is not null then 'warehouse'
            else states.tier_state_source
        end as tier_state_source,

        -- numerics
        coalesce(decided.tier_order, states.tier_order) as tier_order,

        -- booleans
        coalesce(decided.is_exempt, states.is_exempt) as is_exempt,

        -- timestamps
        {%- for column in ('tier_achieved_at', 'next_checkpoint_at', 'window_start') %}
        case when decided.decision is null then states.{{ column }} else decided.{{ column }}_after end as {{ column }},
        {%- endfor %}
        case when decided.is_demotion then decided.tier_achieved_at_after else states.demoted_at end as demoted_at

    from {{ ref('int_creators__states_carried') }} as states
    left join decided
        on states.client_id = decided.client_id and states.creator_key = decided.creator_key

)

select * from final
