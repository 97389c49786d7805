with

events as (

    select * from {{ ref('stg_ticketing__events') }}
    where
        changed_at <= {{ ledgerline.as_of_instant() }}
        and folder_organization_id in ('', organization_id)

),

ranked as (

    select
        *,
        row_number() over (
            partition by event_key
            order by
                changed_at desc,
                extracted_at desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as version_rank
    from events

),

final as (

    select
        organization_id,
        event_key,
        previous_event_key,
        name,
        timezone,
        currency,
        event_status,
        platform_refs,
        capacity,
        is_unlimited,
        starts_at,
        ends_at,
        changed_at,
        {{ ledgerline.local_date('starts_at', 'timezone') }} as starts_on,
        {{ ledgerline.local_date(ledgerline.as_of_instant(), 'timezone') }} as as_of_date
    from ranked
    where version_rank = 1

)

select * from final
