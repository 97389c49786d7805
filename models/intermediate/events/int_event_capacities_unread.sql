-- Events of which a quota or a ticket type was rejected, and was not read since: what the others come to is not the
-- event's capacity.
with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

unread as (

    select * from {{ ref('stg_ticketing__unread_capacities') }}
    where extracted_at <= {{ ledgerline.as_of_instant() }}

),

read_rows as (

    select
        'pretix_quotas' as kind,
        resolved.event_key,
        quotas.quota_name as name,
        quotas.source_file,
        quotas.source_hash,
        quotas.source_row,
        quotas.extracted_at
    from {{ ref('stg_ticketing__pretix_quotas') }} as quotas
    inner join resolved
        on
            resolved.platform = 'pretix'
            and quotas.folder_organization_id = resolved.folder_organization_id
            and quotas.folder_event_key = resolved.folder_event_key
            and coalesce(quotas.source_event_ref, '') = resolved.source_event_ref
    where resolved.event_key is not null

    union all

    select
        'ticket_types' as kind,
        events.event_key,
        ticket_types.ticket_type_id as name,
        ticket_types.source_file,
        ticket_types.source_hash,
        ticket_types.source_row,
        ticket_types.extracted_at
    from {{ ref('stg_ticketing__ticket_types') }} as ticket_types
    inner join events on ticket_types.event_key = events.event_key
    where ticket_types.folder_organization_id in ('', events.organization_id)

),

-- A row that does not say its event may be of any that its file names.
of_events as (

    select
        unread.*,
        resolved.event_key
    from unread
    inner join resolved
        on
            resolved.platform = case unread.kind when 'pretix_quotas' then 'pretix' else 'native' end
            and unread.folder_organization_id = resolved.folder_organization_id
            and unread.folder_event_key = resolved.folder_event_key
            and unread.source_event_ref = resolved.source_event_ref
            and resolved.row_organization_id = ''
    where resolved.event_key is not null

    union

    select
        unread.*,
        read_rows.event_key
    from unread
    inner join read_rows
        on
            unread.kind = read_rows.kind
            and unread.source_hash = read_rows.source_hash
    where unread.source_event_ref = ''

),

-- What was read of the same quota or type at a later time; of a row without a name, a later file of the event.
still_unread as (

    select
        of_events.kind,
        of_events.event_key
    from of_events
    where not exists (
        select 1
        from read_rows
        where
            of_events.kind = read_rows.kind
            and of_events.event_key = read_rows.event_key
            and coalesce(of_events.name, read_rows.name) = read_rows.name
            and (of_events.name is not null or of_events.source_hash <> read_rows.source_hash)
            and read_rows.extracted_at <= {{ ledgerline.as_of_instant() }}
            and (
                read_rows.extracted_at > of_events.extracted_at
                or (
                    read_rows.extracted_at = of_events.extracted_at
                    and (
                        {{ ledgerline.by_bytes('read_rows.source_file') }} > of_events.source_file
                        or (
                            read_rows.source_file = of_events.source_file
                            and read_rows.source_row > of_events.source_row
                        )
                    )
                )
            )
    )

),

final as (

    select
        event_key,
        max(case when kind = 'pretix_quotas' then 1 else 0 end) = 1 as has_unread_quota,
        max(case when kind = 'ticket_types' then 1 else 0 end) = 1 as has_unread_type
    from still_unread
    group by event_key

)

select * from final
