with

events as (

    select * from {{ source('ticketing', 'events') }}

),

final as (

    select
        -- ids
        row_organization_id as organization_id,
        event_key,
        previous_event_key,

        -- texts
        name,
        timezone,
        currency,
        lower(status) as event_status,
        platform_refs,

        -- numerics
        cast(nullif(capacity, 'Infinite') as bigint) as capacity,

        -- booleans
        coalesce(capacity = 'Infinite', false) as is_unlimited,

        -- timestamps
        {{ ledgerline.instant_of_text('starts_at', 'timezone') }} as starts_at,
        {{ ledgerline.instant_of_text('ends_at', 'timezone') }} as ends_at,
        coalesce(cast(updated_at as timestamptz), _extracted_at) as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from events

)

select * from final
