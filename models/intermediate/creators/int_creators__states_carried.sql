-- Where each creator stands before this run decides: the newest earlier decision, or what the app says instead of it.
-- What was decided at this very as-of is left out, so that a run repeated, or killed half way, begins where it began.
{%- set master = ledgerline.setting('creators_tier_master', ['newest', 'app', 'warehouse']) %}

with

creators as (

    select
        creators.*,
        clients.tier_calculation_mode,
        coalesce(creators.app_tier, lowest.tier_id) as app_tier_or_lowest,
        lowest.tier_id as lowest_tier
    from {{ ref('int_creators__creators_listed') }} as creators
    inner join {{ ref('int_creators__clients_known') }} as clients on creators.client_id = clients.client_id
    left join {{ ref('int_creators__tiers_scaled') }} as lowest
        on creators.client_id = lowest.client_id and lowest.is_lowest

),

decisions as (

    select
        handles.creator_key,
        decisions.*,
        row_number() over (
            partition by decisions.client_id, handles.creator_key
            order by decisions.decided_at desc, {{ ledgerline.by_bytes('decisions.handle_key') }}
        ) as recency
    from {{ ref('int_creators__decisions_recorded') }} as decisions
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on decisions.client_id = handles.client_id and decisions.handle_key = handles.handle_key
    where decisions.decided_at < {{ ledgerline.as_of_instant() }}

),

decided_now as (

    select distinct
        handles.client_id,
        handles.creator_key
    from {{ ref('int_creators__decisions_recorded') }} as decisions
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on decisions.client_id = handles.client_id and decisions.handle_key = handles.handle_key
    where decisions.decided_at = {{ ledgerline.as_of_instant() }}

),

-- What comes after a demotion is promoted by what was sold since.
demotions as (

    select
        decisions.client_id,
        decisions.creator_key,
        max(decisions.tier_achieved_at_after) as demoted_at
    from decisions
    inner join {{ ref('int_creators__tiers_scaled') }} as tiers_before
        on decisions.client_id = tiers_before.client_id and decisions.tier_before = tiers_before.tier_id
    inner join {{ ref('int_creators__tiers_scaled') }} as tiers_after
        on decisions.client_id = tiers_after.client_id and decisions.tier_after = tiers_after.tier_id
    where tiers_after.tier_order < tiers_before.tier_order
    group by decisions.client_id, decisions.creator_key

),

-- What the app said when we last decided: an edit that left the tier as it was then is not obeyed.
app_states_then as (

    select
        decisions.client_id,
        decisions.creator_key,
        users.current_tier,
        users.tier_achieved_at,
        users.next_checkpoint_at,
        row_number() over (
            partition by decisions.client_id, decisions.creator_key
            order by users.recency
        ) as recency
    from decisions
    inner join creators
        on decisions.client_id = creators.client_id and decisions.creator_key = creators.creator_key
    inner join {{ ref('int_creators__users_versioned') }} as users
        on creators.client_id = users.client_id and creators.user_id = users.user_id
    where decisions.recency = 1 and users.updated_at <= decisions.decided_at

),

compared as (

    select
        creators.*,
        decisions.decision,
        decisions.decided_at,
        decisions.tier_after,
        decisions.tier_achieved_at_after,
        decisions.next_checkpoint_at_after,
        decisions.window_start_after,
        demotions.demoted_at,
        {%- set app_state = ledgerline.tier_state_text(
            'creators.app_tier_or_lowest', 'creators.app_tier_achieved_at', 'creators.app_next_checkpoint_at'
        ) %}
        {{ app_state }} <> {{ ledgerline.tier_state_text(
            'decisions.tier_after', 'decisions.tier_achieved_at_after', 'decisions.next_checkpoint_at_after'
        ) }} as is_other_than_ours,
        case
            when app_states_then.client_id is null then creators.app_tier_achieved_at is not null
            else {{ app_state }} <> {{ ledgerline.tier_state_text(
                "coalesce(nullif(app_states_then.current_tier, ''), creators.lowest_tier)",
                'app_states_then.tier_achieved_at', 'app_states_then.next_checkpoint_at'
            ) }}
        end as is_other_than_then
    from creators
    left join decisions
        on
            creators.client_id = decisions.client_id
            and creators.creator_key = decisions.creator_key
            and decisions.recency = 1
    left join demotions
        on creators.client_id = demotions.client_id and creators.creator_key = demotions.creator_key
    left join app_states_then
        on
            creators.client_id = app_states_then.client_id
            and creators.creator_key = app_states_then.creator_key
            and app_states_then.recency = 1

),

chosen as (

    select
        *,
        case
            when decided_at is null and is_auto_created then 'auto'
            when decided_at is null then 'app'
            {% if master == 'app' -%}
            when not is_auto_created then 'app'
            {%- elif master == 'newest' -%}
            when
                not is_auto_created
                and app_updated_at > decided_at
                and is_other_than_ours
                and is_other_than_then
                then 'obeyed'
            {%- endif %}
            else 'ours'
        end as choice
    from compared

),

stated as (

    select
        *,
        case when choice = 'auto' then lowest_tier when choice = 'ours' then tier_after else app_tier_or_lowest end
            as tier_id,
        case when choice in ('app', 'obeyed') then app_tier_achieved_at else tier_achieved_at_after end
            as tier_achieved_at,
        case when choice in ('app', 'obeyed') then app_next_checkpoint_at else next_checkpoint_at_after end
            as next_checkpoint_at,
        case
            when choice = 'app' then coalesce(app_window_start, app_tier_achieved_at)
            when choice = 'obeyed'
                then coalesce(
                    app_window_start,
                    case
                        when
                            tier_achieved_at_after is null or app_tier_achieved_at <> tier_achieved_at_after
                            then app_tier_achieved_at
                    end,
                    window_start_after
                )
            else window_start_after
        end as window_start
    from chosen

),

final as (

    select
        -- ids
        stated.client_id,
        stated.creator_key,

        -- texts
        tiers.tier_id as current_tier,
        case
            when stated.choice = 'auto' then 'auto'
            when stated.choice in ('app', 'obeyed') or stated.decision = 'app_change' then 'app'
            else 'warehouse'
        end as tier_state_source,
        stated.tier_after as decided_tier,
        stated.tier_calculation_mode,

        -- numerics
        tiers.tier_order,

        -- booleans
        tiers.is_exempt,
        stated.choice = 'obeyed' as is_obeyed,
        -- Nothing is decided of admins, in a tier that the scale does not know, or twice at one as-of.
        not stated.is_admin
        and tiers.tier_id is not null
        and decided_now.creator_key is null
        {{ 'and stated.is_auto_created' if master == 'app' }} as is_open_to_decision,

        -- timestamps
        stated.tier_achieved_at,
        stated.next_checkpoint_at,
        stated.window_start,
        stated.demoted_at

    from stated
    left join {{ ref('int_creators__tiers_scaled') }} as tiers
        on stated.client_id = tiers.client_id and stated.tier_id = tiers.tier_id
    left join decided_now
        on stated.client_id = decided_now.client_id and stated.creator_key = decided_now.creator_key

)

select * from final
