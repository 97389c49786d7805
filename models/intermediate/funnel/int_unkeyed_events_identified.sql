-- Every event without an id, with the contact who did it: what one contact did at one time with the same values is one
-- event, whichever address or id it came with.
with

events as (

    select * from {{ ref('int_analytics_events_deduped') }}
    where is_told_by_values

),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

identified as (

    select
        events.*,
        identities.contact_id,
        {{ ledgerline.hash_number(
            "concat_ws('|', events.organization_id, 'values:' || cast(identities.contact_id as varchar)"
            ~ " || '|' || coalesce(events.name, '') || '|' || coalesce(events.value, '') || '|' || events.type"
            ~ " || '|' || cast(events.event_at as varchar) || '|' || coalesce(events.comment, ''))"
        ) }} as event_id
    from events
    inner join identities on events.identity_number = identities.identity_number

),

ranked as (

    select
        *,
        row_number() over (partition by event_id order by identity_number) as repeat_number
    from identified

),

final as (

    select
        organization_id,
        event_id,
        contact_id,
        submission_id,
        name,
        value,
        type,
        event_at,
        comment
    from ranked
    where repeat_number = 1

)

select * from final
