-- One row per event that automations sent, as the row that landed last tells it, up to the as-of.
{{ config(materialized='kept', work='int_analytics_events_fingerprinted', fingerprint='event_fingerprint') }}

with

event_fingerprints as (select * from {{ ref('int_analytics_events_fingerprinted') }}),

ranked as (

    select
        events.*,
        event_fingerprints.event_fingerprint,
        row_number() over (
            partition by events.event_number
            order by
                events.extracted_at desc,
                events.landed_run desc,
                {{ ledgerline.by_bytes('events.source_file') }} desc,
                events.source_row desc
        ) as telling_rank
    from {{ ref('int_analytics_events_read') }} as events
    inner join event_fingerprints on events.event_number = event_fingerprints.event_number
    where events.event_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        event_fingerprint,
        event_number,
        organization_id,
        event_key,
        event_key like 'values:%' as is_told_by_values,
        email,
        clickfunnels_contact_id,
        keap_id,
        manychat_id,
        identity_number,
        name,
        value,
        type,
        event_at,
        comment
    from ranked
    where telling_rank = 1

)

select * from final
