with

users as (

    select
        users.*,
        clients.tier_calculation_mode,
        {{ ledgerline.days_between(
            ledgerline.as_of_utc_day(), ledgerline.utc_day('users.next_checkpoint_at')
        ) }} as days_left,
        greatest(
            1, {{ ledgerline.days_between(ledgerline.utc_day('users.window_start'), ledgerline.as_of_utc_day()) }}
        ) as days_passed
    from {{ ref('int_creators__users_settled') }} as users
    inner join {{ ref('int_creators__clients_known') }} as clients on users.client_id = clients.client_id
    where not users.is_admin

),

judged as (

    select
        *,
        case
            -- A tier that the scale does not know is no tier to lose.
            when is_exempt or tier_calculation_mode = 'lifetime' or current_tier is null then 'exempt'
            when window_start is null then 'no_window'
            when projected_order > tier_order then 'will_advance'
            when checkpoint_value >= current_threshold then 'on_track'
            when days_left <= {{ var('creators_risk_days') }} then 'will_demote'
            else 'at_risk'
        end as status
    from users

),

paced as (

    select
        *,
        case
            when status not in ('exempt', 'no_window')
                then {{ ledgerline.amount_from_cents_ratio(
                    ledgerline.to_cents('checkpoint_value') ~ ' * (days_passed + days_left)', 'days_passed'
                ) }}
        end as projected_value
    from judged

),

reached as (

    select
        *,
        {{ ledgerline.tier_order_for('paced.client_id', 'paced.projected_value') }} as pace_order
    from paced

),

final as (

    select
        -- ids
        reached.client_id,
        reached.user_id,
        reached.handle_key,

        -- numerics
        reached.checkpoint_value,
        reached.current_threshold as threshold,
        reached.status,
        {%- set is_measured = "reached.status not in ('exempt', 'no_window')" %}
        case when {{ is_measured }} then reached.days_left end as days_left,
        cast(
            case when {{ is_measured }} then greatest(0, reached.current_threshold - reached.checkpoint_value) end
            as decimal(18, 2)
        ) as amount_needed,
        case
            when {{ is_measured }}
                then {{ ledgerline.amount_per(
                    'greatest(0, reached.current_threshold - reached.checkpoint_value)',
                    'greatest(1, reached.days_left)'
                ) }}
        end as need_per_day,
        case
            when {{ is_measured }} then {{ ledgerline.amount_per('reached.checkpoint_value', 'reached.days_passed') }}
        end as pace_per_day,
        reached.projected_value,
        case when reached.projected_value is not null then tiers.tier_id end as pace_tier

    from reached
    left join {{ ref('int_creators__tiers_scaled') }} as tiers
        on reached.client_id = tiers.client_id and reached.pace_order = tiers.tier_order

)

select * from final
