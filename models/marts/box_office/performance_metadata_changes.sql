with

changes as (

    select * from {{ ref('int_performance_metadata_changes_collected') }}

),

performances as (

    select * from {{ ref('int_performances_described') }}

),

-- The first change of a field replaces what the performance showed without any.
based as (

    select
        changes.*,
        case changes.field
            when 'title' then performances.base_title
            when 'series' then performances.base_series
            when 'season' then performances.base_season
            when 'performance_date' then cast(performances.base_performance_date as varchar)
            when 'occupancy_goal' then '{{ "%.2f" | format(var("default_occupancy_goal")) }}'
            when 'cancelled' then 'false'
        end as base_value,
        row_number() over (
            partition by changes.organization_id, changes.performance_code, changes.field
            order by changes.changed_at, changes.effective_from, changes.landing_position
        ) as change_number
    from changes
    inner join performances
        on
            changes.organization_id = performances.organization_id
            and changes.performance_code = performances.performance_code

),

compared as (

    select
        *,
        case
            when change_number = 1 then base_value
            else lag(new_value) over (
                partition by organization_id, performance_code, field
                order by change_number
            )
        end as old_value
    from based

),

final as (

    select
        organization_id,
        change_id,
        performance_code,
        field,
        old_value,
        new_value,
        changed_by,
        source,
        note,
        source_file,
        effective_from,
        changed_at
    from compared
    where old_value is distinct from new_value

)

select * from final
