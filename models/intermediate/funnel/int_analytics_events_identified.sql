-- Every event with the contact who did it. Events without an id are told apart by contact and values.
with

events as (

    select * from {{ ref('int_analytics_events_deduped') }}

),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

identified as (

    select
        events.*,
        identities.contact_id,
        case
            when events.event_key like 'values:%'
                then
                    'values:' || cast(identities.contact_id as varchar)
                    || '|' || coalesce(events.name, '') || '|' || coalesce(events.value, '') || '|' || events.type
                    || '|' || cast(events.event_at as varchar) || '|' || coalesce(events.comment, '')
            else events.event_key
        end as full_key
    from events
    inner join identities
        on
            events.organization_id = identities.organization_id
            and events.identity_key = identities.identity_key

),

repeated as (

    select
        *,
        case
            when event_key like 'values:%'
                then
                    row_number() over (
                        partition by organization_id, full_key order by {{ ledgerline.by_bytes('identity_key') }}
                    )
            else 1
        end as repeat_number
    from identified

),

final as (

    select
        organization_id,
        {{ ledgerline.hash_number("concat_ws('|', organization_id, full_key)") }} as event_id,
        contact_id,
        submission_id,
        name,
        value,
        type,
        event_at,
        comment
    from repeated
    where repeat_number = 1

)

select * from final
