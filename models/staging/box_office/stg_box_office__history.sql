with

rows_landed as (

    select * from {{ source('box_office', 'history_rows') }}

),

renamed as (

    select
        -- ids
        organization_id,
        performance_code,
        _source_hash as source_hash,

        -- texts
        title,
        _source_file as source_file,

        -- numerics
        single_tickets_sold,
        subscription_tickets_sold,
        total_revenue,
        fixed_tickets_sold,
        non_fixed_tickets_sold,
        reported_cap_percent,
        reported_budget_percent,
        _source_row as source_row,
        _landed_run as landed_run,

        -- dates
        snapshot_date,
        performance_date,

        -- timestamps
        _extracted_at as extracted_at
    from rows_landed

),

-- A CSV has no clock of its own: of two rows of one key the one that landed last holds.
ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, performance_code, snapshot_date
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
