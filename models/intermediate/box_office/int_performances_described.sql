-- What each performance is, as of today: the value in force, else what reports say (`base_…`).
with

reported as (

    select * from {{ ref('int_performances_reported') }}

),

in_force as (

    select * from {{ ref('int_performance_metadata_in_force') }}
    where
        valid_from <= {{ box_office_as_of_day() }}
        and valid_until > {{ box_office_as_of_day() }}

),

series_patterns as (

    select * from {{ ref('stg_settings__box_office_series') }}

),

edited as (

    select
        organization_id,
        performance_code,
        max(case when field = 'title' then value end) as title,
        max(case when field = 'series' then value end) as series,
        max(case when field = 'venue' then value end) as venue,
        max(case when field = 'season' then value end) as season,
        max(case when field = 'performance_date' then cast(value as date) end) as performance_date,
        max(case when field = 'capacity' then cast(value as bigint) end) as capacity,
        max(case when field = 'budget_goal' then cast(value as decimal(18, 2)) end) as budget_goal,
        max(case when field = 'occupancy_goal' then cast(value as double precision) end) as occupancy_goal,
        max(case when field = 'cancelled' then value end) = 'true' as cancelled
    from in_force
    group by organization_id, performance_code

),

resolved as (

    select
        reported.organization_id,
        reported.performance_code,
        reported.performance_kind,
        reported.label as production,
        reported.performance_time,
        reported.base_title,
        reported.base_series,
        reported.base_performance_date,
        coalesce(edited.title, reported.base_title) as title,
        coalesce(edited.title is null and length(reported.label) >= 30, false) as is_title_truncated,
        coalesce(edited.series, reported.base_series) as series,
        edited.venue,
        edited.season as edited_season,
        coalesce(edited.performance_date, reported.base_performance_date) as performance_date,
        edited.capacity,
        edited.budget_goal,
        coalesce(edited.occupancy_goal, {{ var('default_occupancy_goal') }}) as occupancy_goal,
        coalesce(edited.cancelled, false) as cancelled
    from reported
    left join edited
        on
            reported.organization_id = edited.organization_id
            and reported.performance_code = edited.performance_code

),

with_years as (

    select
        *,
        {{ season_end_year('performance_date') }} as season_end_year,
        {{ season_end_year('base_performance_date') }} as base_season_end_year
    from resolved

),

seasoned as (

    select
        *,
        coalesce(edited_season, {{ season_name('season_end_year') }}, 'unknown') as season,
        coalesce({{ season_name('base_season_end_year') }}, 'unknown') as base_season,
        coalesce(2000 + cast(substr(edited_season, 4, 2) as bigint), season_end_year) as fiscal_year
    from with_years

),

ranked_families as (

    select
        seasoned.*,
        series_patterns.series_family,
        row_number() over (
            partition by seasoned.organization_id, seasoned.performance_code
            order by series_patterns.match_order
        ) as family_rank
    from seasoned
    left join series_patterns
        on {{ matches("coalesce(seasoned.series, '')", 'series_patterns.series_pattern') }}

),

final as (

    select * from ranked_families
    where family_rank = 1

)

select * from final
