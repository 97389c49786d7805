-- Every event that has an id, with the contact who did it. An event is looked at again when what tells it changes, or
-- whom its identity leads to.
{{ config(
    materialized='kept', work='int_analytics_events_deduped', fingerprint='event_fingerprint',
    invalidated_by={'int_contact_identities_resolved': 'identity_fingerprint'}
) }}

with

events as (select * from {{ ref('int_analytics_events_deduped') }}),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

final as (

    select
        events.organization_id,
        events.event_fingerprint,
        identities.identity_fingerprint,
        events.event_number as event_id,
        identities.contact_id,
        events.submission_id,
        events.name,
        events.value,
        events.type,
        events.event_at,
        events.comment
    from events
    inner join identities on events.identity_number = identities.identity_number
    where not events.is_told_by_values

)

select * from final
