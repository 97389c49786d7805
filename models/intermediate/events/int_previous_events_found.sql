with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

-- The organisation's last event before this one, in the same currency, that took place.
earlier as (

    select
        events.event_key,
        others.event_key as previous_event_key,
        row_number() over (
            partition by events.event_key
            order by others.starts_at desc, {{ ledgerline.by_bytes('others.event_key') }}
        ) as recency_rank
    from events
    inner join events as others
        on
            events.organization_id = others.organization_id
            and events.currency = others.currency
            and events.starts_at > others.starts_at
    where coalesce(others.event_status, '') <> 'cancelled'

),

final as (

    select
        events.organization_id,
        events.event_key,
        coalesce(named_events.event_key, earlier.previous_event_key) as previous_event_key,
        coalesce(named_events.starts_on, earlier_events.starts_on) as previous_starts_on,
        case
            when named_events.event_key is not null then 'explicit'
            when earlier.previous_event_key is not null then 'automatic'
            else 'none'
        end as comparator_basis
    from events
    left join events as named_events
        on
            events.previous_event_key = named_events.event_key
            and events.organization_id = named_events.organization_id
            and events.currency = named_events.currency
    left join earlier
        on
            events.event_key = earlier.event_key
            and earlier.recency_rank = 1
            -- A named event that cannot be compared is not replaced by another.
            and events.previous_event_key is null
    left join events as earlier_events on earlier.previous_event_key = earlier_events.event_key

)

select * from final
