-- Every metadata change known on the as-of day: edits as they are, and the filled metadata cells of migration rows.
with

edits as (

    select * from {{ ref('stg_box_office__metadata_edits') }}

),

migrations as (

    select * from {{ ref('stg_box_office__migrations') }}

),

fields as (

    select editable.field
    from (
        values
        ('title'),
        ('series'),
        ('venue'),
        ('season'),
        ('performance_date'),
        ('capacity'),
        ('budget_goal'),
        ('occupancy_goal'),
        ('cancelled')
    ) as editable (field)

),

migrated as (

    select
        migrations.*,
        fields.field,
        case fields.field
            when 'title' then migrations.title
            when 'series' then migrations.series
            when 'venue' then migrations.venue
            when 'season' then migrations.season
            when 'performance_date' then migrations.performance_date
            when 'capacity' then migrations.capacity
            when 'budget_goal' then migrations.budget_goal
            when 'occupancy_goal' then migrations.occupancy_goal
            when 'cancelled' then migrations.cancelled
        end as new_value
    from migrations
    cross join fields
    where migrations.is_current

),

united as (

    select
        organization_id,
        performance_code,
        field,
        value as new_value,
        effective_from,
        changed_at,
        changed_by,
        source,
        note,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from edits

    union all

    select
        organization_id,
        performance_code,
        field,
        new_value,
        snapshot_date as effective_from,
        changed_at,
        cast(null as varchar) as changed_by,
        'migration' as source,
        cast(null as varchar) as note,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from migrated
    where new_value is not null

),

final as (

    select
        {{ dbt.hash(
            "organization_id || '|' || performance_code || '|' || field || '|' || source_hash || '|'"
            ~ " || cast(source_row as varchar)"
        ) }} as change_id,
        *,
        -- Landing order as one number: runs as they ran, files by path, rows.
        row_number() over (
            partition by organization_id, performance_code, field
            order by landed_run, {{ by_bytes('source_file') }}, source_row
        ) as landing_position
    from united
    where changed_at < {{ box_office_as_of_day_end() }}

)

select * from final
