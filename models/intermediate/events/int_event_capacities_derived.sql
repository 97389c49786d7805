with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

resolved as (

    select * from {{ ref('int_ticketing_references_resolved') }}

),

type_capacities as (

    select
        event_key,
        case when count(capacity) = count(*) then sum(capacity) end as capacity
    from {{ ref('int_ticket_types_defined') }}
    where is_admission
    group by event_key

),

quotas as (

    select
        resolved.event_key,
        quotas.quota_name,
        quotas.total_quota,
        row_number() over (
            partition by resolved.event_key, quotas.quota_name
            order by
                quotas.changed_at desc,
                {{ ledgerline.by_bytes('quotas.source_file') }} desc,
                quotas.source_row desc
        ) as version_rank
    from {{ ref('stg_ticketing__pretix_quotas') }} as quotas
    inner join resolved
        on
            resolved.platform = 'pretix'
            and quotas.folder_organization_id = resolved.folder_organization_id
            and quotas.folder_event_key = resolved.folder_event_key
            and coalesce(quotas.source_event_ref, '') = resolved.source_event_ref
    where
        resolved.event_key is not null
        and quotas.changed_at <= {{ ledgerline.as_of_instant() }}

),

only_quotas as (

    select
        event_key,
        max(total_quota) as capacity
    from quotas
    where version_rank = 1
    group by event_key
    having count(*) = 1

),

unread as (

    select * from {{ ref('int_event_capacities_unread') }}

),

final as (

    select
        events.organization_id,
        events.event_key,
        case
            when events.is_unlimited then null
            when events.capacity is not null then events.capacity
            -- The types that could be read are not all.
            when unread.has_unread_type then null
            when type_capacities.capacity is not null then type_capacities.capacity
            -- Nor is the only quota that could be read the only one.
            when unread.has_unread_quota then null
            else only_quotas.capacity
        end as tickets_total
    from events
    left join unread on events.event_key = unread.event_key
    left join type_capacities on events.event_key = type_capacities.event_key
    left join only_quotas on events.event_key = only_quotas.event_key

)

select * from final
