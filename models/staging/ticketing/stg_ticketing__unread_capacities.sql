with

unread as (

    select * from {{ source('ticketing', 'unread_capacities') }}

),

final as (

    select
        -- ids
        coalesce(event_reference, '') as source_event_ref,

        -- texts
        kind,
        name,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from unread

)

select * from final
