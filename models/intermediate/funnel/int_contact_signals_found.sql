-- What each contact did that the rules of `funnel_event_rules` look for, with the first time.
with

events as (

    select * from {{ ref('int_analytics_events_identified') }}

),

rules as (

    select * from {{ ref('int_event_rules_judged') }}

),

final as (

    select
        events.organization_id,
        events.contact_id,
        rules.rule,
        rules.number,
        -- Only what the platform itself reports is attendance; a message about it is not.
        max(case when events.type = 'analytics' then 1 else 0 end) = 1 as is_analytics,
        min(events.event_at) as first_at
    from events
    inner join rules
        on
            coalesce(events.name, '') = coalesce(rules.name, '')
            and coalesce(events.value, '') = coalesce(rules.value, '')
    group by events.organization_id, events.contact_id, rules.rule, rules.number

)

select * from final
