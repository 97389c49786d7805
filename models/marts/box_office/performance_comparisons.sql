with

comparisons as (

    select * from {{ ref('stg_box_office__comparisons') }}
    where is_current

),

-- One target a performance: the flagged one that landed last, else the first name.
ranked_names as (

    select
        organization_id,
        performance_code,
        comparison_name,
        row_number() over (
            partition by organization_id, performance_code
            order by
                is_target desc,
                case when is_target then landed_run end desc nulls last,
                case when is_target then {{ by_bytes('source_file') }} end desc nulls last,
                case when is_target then source_row end desc nulls last,
                {{ by_bytes('comparison_name') }},
                week
        ) as name_rank
    from comparisons

),

final as (

    select
        comparisons.organization_id,
        comparisons.performance_code,
        comparisons.comparison_name,
        comparisons.week,
        comparisons.tickets,
        comparisons.subs,
        comparisons.capacity,
        comparisons.atp,
        comparisons.comparison_name = ranked_names.comparison_name as is_target,
        comparisons.comparison_date
    from comparisons
    inner join ranked_names
        on
            comparisons.organization_id = ranked_names.organization_id
            and comparisons.performance_code = ranked_names.performance_code
            and ranked_names.name_rank = 1

)

select * from final
