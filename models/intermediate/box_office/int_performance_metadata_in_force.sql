-- What was in force when: a field's value from `valid_from` up to, not including, `valid_until`.
-- A day takes the change with the latest (effective_from, changed_at, landing order) that is effective by then.
with

changes as (

    select * from {{ ref('int_performance_metadata_changes_collected') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, performance_code, field, effective_from
            order by changed_at desc, landing_position desc
        ) as day_rank,
        row_number() over (
            partition by organization_id, performance_code, field
            order by effective_from, changed_at, landing_position
        ) as age_rank
    from changes

),

periods as (

    select
        organization_id,
        performance_code,
        field,
        new_value as value,
        effective_from as valid_from,
        coalesce(
            lead(effective_from) over (
                partition by organization_id, performance_code, field
                order by effective_from
            ),
            cast('9999-12-31' as date)
        ) as valid_until
    from ranked
    where day_rank = 1

),

-- October's first capacity serves September too: without it the curve would have no percents before the first edit.
before_the_first as (

    select
        organization_id,
        performance_code,
        field,
        new_value as value,
        cast('0001-01-01' as date) as valid_from,
        effective_from as valid_until
    from ranked
    where
        age_rank = 1
        and field in ('capacity', 'budget_goal')

),

final as (

    select * from periods

    union all

    select * from before_the_first

)

select * from final
