-- What is known of each event at the as-of, as one number: an event is told anew when it changes.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_analytics_events_digested'), 'events_digest') }}"
) }}

with

changed as (

    {{ ledgerline.not_kept(ref('int_analytics_events_digested'), 'events_digest') }}

),

events as (

    select
        event_number,
        row_number_hash
    from {{ ref('int_analytics_events_read') }}
    where event_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        changed.events_digest,
        events.event_number,
        {{ ledgerline.change_number('sum(events.row_number_hash)', 'count(*)') }} as event_fingerprint
    from events
    cross join changed
    group by changed.events_digest, events.event_number

)

select * from final
