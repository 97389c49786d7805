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
        events.event_key like 'values:%' as is_told_by_values
    from events
    inner join identities
        on events.identity_number = identities.identity_number

),

told_by_values as (

    select
        *,
        {{ ledgerline.hash_number(
            "concat_ws('|', organization_id, 'values:' || cast(contact_id as varchar)"
            ~ " || '|' || coalesce(name, '') || '|' || coalesce(value, '') || '|' || type"
            ~ " || '|' || cast(event_at as varchar) || '|' || coalesce(comment, ''))"
        ) }} as event_id
    from identified
    where is_told_by_values

),

repeated as (

    select
        *,
        row_number() over (partition by event_id order by {{ ledgerline.by_bytes('identity_key') }}) as repeat_number
    from told_by_values

),

final as (

    select
        organization_id,
        event_number as event_id,
        contact_id,
        submission_id,
        name,
        value,
        type,
        event_at,
        comment
    from identified
    where not is_told_by_values

    union all

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
    from repeated
    where repeat_number = 1

)

select * from final
