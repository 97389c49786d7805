-- What is known of each event at the as-of, as one number: an event is told anew when it changes.
{{ config(materialized='kept', work='int_analytics_events_digested', fingerprint='events_digest') }}

with

digests as (select * from {{ ref('int_analytics_events_digested') }}),

events as (

    select
        event_number,
        row_number_hash
    from {{ ref('int_analytics_events_read') }}
    where event_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        digests.events_digest,
        events.event_number,
        {{ ledgerline.change_number('sum(events.row_number_hash)', 'count(*)') }} as event_fingerprint
    from events
    cross join digests
    group by digests.events_digest, events.event_number

)

select * from final
