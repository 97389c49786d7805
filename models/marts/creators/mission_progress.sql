-- depends_on: {{ ref('int_creators__missions_looked_at') }}
with

missions as (

    select * from {{ ref('int_creators__missions_recorded') }}

),

known as (

    select * from {{ ref('int_creators__missions_known') }}

),

handles as (

    select * from {{ ref('int_creators__handles_resolved') }}

),

users as (

    select * from {{ ref('int_creators__users_settled') }}

),

redeemed as (

    select
        missions.client_id,
        missions.handle_key,
        missions.mission_id,
        missions.checkpoint_start,
        redemptions.redemption_id,
        row_number() over (
            partition by missions.client_id, missions.handle_key, missions.mission_id, missions.checkpoint_start
            order by redemptions.created_at, {{ ledgerline.by_bytes('redemptions.redemption_id') }}
        ) as redemption_rank
    from missions
    inner join handles
        on missions.client_id = handles.client_id and missions.handle_key = handles.handle_key
    inner join {{ ref('int_creators__redemptions_known') }} as redemptions
        on
            missions.client_id = redemptions.client_id
            and handles.creator_key = redemptions.creator_key
            and missions.mission_id = redemptions.mission_id
            and (missions.checkpoint_start is null or missions.checkpoint_start <= redemptions.created_at)

),

final as (

    select
        -- ids
        missions.client_id,
        md5(
            missions.client_id || '|' || missions.handle_key || '|' || missions.mission_id || '|'
            || {{ ledgerline.instant_text('missions.checkpoint_start') }}
        ) as mission_progress_id,
        coalesce(handles.user_id, 'auto-' || md5(missions.client_id || '|' || missions.handle_key)) as user_id,
        missions.handle_key,
        missions.mission_id,

        -- texts
        missions.title,
        missions.mission_type,

        -- numerics
        missions.target_value,
        missions.current_value,
        -- Cut, not rounded: 100 means that the target is reached.
        cast(
            case
                when missions.current_value is null then null
                when missions.target_value <= 0 or missions.current_value <= 0 then 0
                when missions.current_value >= missions.target_value then 100
                else {{ ledgerline.divide_integers(
                    '100 * ' ~ ledgerline.to_cents('missions.current_value'),
                    ledgerline.to_cents('missions.target_value')
                ) }}
            end as integer
        ) as progress_percent,
        missions.status,

        -- timestamps
        missions.completed_at,
        missions.checkpoint_start,
        missions.checkpoint_end,
        missions.opened_at,
        missions.evaluated_at,

        -- how it is shown
        coalesce(known.tier_eligibility in ('all', users.current_tier), false) as is_listed,
        coalesce(
            case missions.mission_type
                when 'sales_dollars' then clients.vip_metric = 'sales'
                when 'sales_units' then clients.vip_metric = 'units'
            end,
            true
        ) as is_metric_match,
        redeemed.redemption_id

    from missions
    -- What is recorded stays, in a look back too.
    left join {{ ref('int_creators__clients_known') }} as clients on missions.client_id = clients.client_id
    left join known
        on missions.client_id = known.client_id and missions.mission_id = known.mission_id
    left join handles
        on missions.client_id = handles.client_id and missions.handle_key = handles.handle_key
    left join users
        on missions.client_id = users.client_id and handles.creator_key = users.handle_key
    left join redeemed
        on
            {{ ledgerline.same_mission('missions', 'redeemed') }}
            and redeemed.redemption_rank = 1

)

select * from final
