-- One row per lead: a contact with a lead event. Paid if any of them came from a paid host, else organic if any did.
with

events as (

    select * from {{ ref('int_analytics_events_identified') }}

),

rules as (

    select * from {{ ref('int_event_rules_judged') }}
    where rule = 'lead'

),

hosts as (

    select * from {{ ref('stg_settings__funnel_hosts') }}

),

lead_events as (

    select
        events.organization_id,
        events.contact_id,
        events.event_at,
        {{ ledgerline.url_host('events.comment') }} as host
    from events
    inner join rules
        on
            coalesce(events.name, '') = coalesce(rules.name, '')
            and coalesce(events.value, '') = coalesce(rules.value, '')

),

grouped as (

    select
        lead_events.organization_id,
        lead_events.contact_id,
        min(lead_events.event_at) as lead_at,
        count(*) as lead_events,
        max(case when hosts.channel = 'paid' then 1 else 0 end) as is_paid,
        max(case when hosts.channel = 'organic' then 1 else 0 end) as is_organic
    from lead_events
    left join hosts
        on lead_events.host = {{ ledgerline.url_host('hosts.host') }}
    group by lead_events.organization_id, lead_events.contact_id

),

final as (

    select
        organization_id,
        contact_id,
        lead_at,
        {{ ledgerline.local_date('lead_at', ledgerline.reporting_zone()) }} as lead_date,
        case when is_paid = 1 then 'paid' when is_organic = 1 then 'organic' else 'other' end as lead_channel,
        lead_events
    from grouped

)

select * from final
