with

-- A row that could be read in the end, under other limits or words, has left its mark all the same.
refused as (

    select distinct
        organization_id,
        source_hash,
        source_row
    from {{ source('ops', 'rejected_rows') }}
    where source = 'ticketing'

),

unread as (

    select marks.*
    from {{ source('ticketing', 'unread_capacities') }} as marks
    inner join refused
        on
            marks.organization_id = refused.organization_id
            and marks._source_hash = refused.source_hash
            and marks._source_row = refused.source_row

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
