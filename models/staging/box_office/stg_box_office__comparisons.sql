with

rows_landed as (

    select * from {{ source('box_office', 'comparison_rows') }}

),

renamed as (

    select
        -- ids
        organization_id,
        performance_code,
        _source_hash as source_hash,

        -- texts
        comparison_name,
        _source_file as source_file,

        -- numerics
        week,
        tickets,
        subs,
        capacity,
        atp,
        _source_row as source_row,
        _landed_run as landed_run,

        -- booleans
        is_target,

        -- dates
        comparison_date,

        -- timestamps
        _extracted_at as extracted_at
    from rows_landed

),

-- A CSV has no clock of its own: of two rows of one key the one that landed last holds.
ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, performance_code, comparison_name, week
            order by {{ landed_last_first() }}
        ) as key_rank
    from renamed

),

final as (

    select
        *,
        key_rank = 1 as is_current
    from ranked

)

select * from final
