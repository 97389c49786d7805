with

decisions as (

    select * from {{ ref('tier_checkpoints') }}
    where decision <> 'app_change' and decided_at <= {{ ledgerline.as_of_instant() }}

),

evidence as (

    select
        decision_id,
        sum(value_now) as value_now
    from {{ ref('checkpoint_evidence') }}
    group by decision_id

),

tiers as (

    select * from {{ ref('int_creators__tiers_scaled') }}

),

valued as (

    select
        decisions.*,
        cast(coalesce(evidence.value_now, 0) as decimal(18, 2)) as value_now
    from decisions
    left join evidence on decisions.decision_id = evidence.decision_id

),

reached as (

    select
        *,
        {{ ledgerline.tier_order_for('valued.client_id', 'valued.value_now') }} as order_now
    from valued

),

final as (

    select
        -- ids
        reached.client_id,
        reached.decision_id,
        reached.user_id,

        -- texts
        reached.decided_at,
        reached.status,

        -- numerics
        reached.decision_value,
        reached.value_now,
        reached.tier_after,
        now_tiers.tier_id as tier_now,
        now_tiers.tier_id <> reached.tier_after as is_outcome_changed

    from reached
    left join tiers as before
        on reached.client_id = before.client_id and reached.tier_before = before.tier_id
    left join tiers as now_tiers
        on
            reached.client_id = now_tiers.client_id
            and now_tiers.tier_order = case
                when reached.decision = 'promotion' and reached.order_now < before.tier_order then before.tier_order
                else reached.order_now
            end

)

select * from final
