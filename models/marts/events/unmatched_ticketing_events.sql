with

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}
    where event_key is null

),

landed_rows as (

    select * from {{ ref('int_ticketing_rows_unioned') }}
    where extracted_at <= {{ ledgerline.as_of_instant() }}

),

-- Their event is not defined, or is another tenant's.
without_event as (

    select
        landed_rows.platform,
        case
            when landed_rows.folder_organization_id <> '' then landed_rows.folder_organization_id
            when landed_rows.row_organization_id <> '' then landed_rows.row_organization_id
            else landed_rows.landed_organization_id
        end as organization_id,
        case
            when landed_rows.source_event_ref <> '' then landed_rows.source_event_ref
            else landed_rows.folder_event_key
        end as source_event_ref,
        landed_rows.source_file,
        landed_rows.source_row,
        landed_rows.landed_run,
        landed_rows.extracted_at
    from landed_rows
    inner join resolved
        on
            landed_rows.platform = resolved.platform
            and landed_rows.folder_organization_id = resolved.folder_organization_id
            and landed_rows.folder_event_key = resolved.folder_event_key
            and landed_rows.source_event_ref = resolved.source_event_ref
            and landed_rows.row_organization_id = resolved.row_organization_id

),

-- Their event is defined, but their local time does not exist in its zone. A reader that knew the event rejected them.
without_time as (

    select
        platform,
        organization_id,
        event_key as source_event_ref,
        source_file,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('int_ticket_sales_versioned') }}
    where ordered_at is null

    union all

    select
        platform,
        organization_id,
        event_key as source_event_ref,
        source_file,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('int_tickets_versioned') }}
    where is_waiting and platform <> 'eventbrite'

),

waiting as (

    select * from without_event
    union all
    select * from without_time
    where extracted_at <= {{ ledgerline.as_of_instant() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by platform, organization_id, source_event_ref
            order by {{ ledgerline.landed_last_first() }}
        ) as recency_rank
    from waiting

),

final as (

    select
        -- ids
        organization_id,
        platform,
        source_event_ref,

        -- texts
        max(case when recency_rank = 1 then source_file end) as last_source_file,

        -- numerics
        cast(count(*) as integer) as rows_count,

        -- timestamps
        min(extracted_at) as first_seen_at

    from ranked
    group by organization_id, platform, source_event_ref

)

select * from final
