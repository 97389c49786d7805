-- Every event that has an id, with the contact who did it. An event is looked at again when what tells it changes, or
-- whom its identity leads to.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=[
        "{{ ledgerline.forget_changed(ref('int_contact_identities_resolved'), 'identity_fingerprint') }}",
        "{{ ledgerline.forget_changed(ref('int_analytics_events_deduped'), 'event_fingerprint') }}"
    ]
) }}

with

changed_events as (

    {{ ledgerline.not_kept(ref('int_analytics_events_deduped'), 'event_fingerprint') }}

),

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
    from changed_events as events
    inner join identities on events.identity_number = identities.identity_number
    where not events.is_told_by_values

)

select * from final
