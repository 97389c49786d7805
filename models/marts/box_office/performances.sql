with

performances as (

    select * from {{ ref('int_performances_described') }}

),

snapshots as (

    select * from {{ ref('int_performance_snapshots_valued') }}

),

price_types as (

    select * from {{ ref('stg_box_office__price_types') }}
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

changes as (

    select * from {{ ref('int_performance_metadata_changes_collected') }}

),

latest as (

    select * from snapshots
    where is_latest

),

seen as (

    select
        organization_id,
        performance_code,
        min(snapshot_date) as first_snapshot_date,
        max(snapshot_date) as last_snapshot_date,
        count(*) as snapshot_count
    from snapshots
    group by organization_id, performance_code

),

landings as (

    select
        organization_id,
        performance_code,
        created_at as extracted_at
    from snapshots

    union all

    select
        organization_id,
        performance_code,
        extracted_at
    from price_types

    union all

    select
        organization_id,
        performance_code,
        extracted_at
    from changes

),

landed as (

    select
        organization_id,
        performance_code,
        min(extracted_at) as created_at,
        max(extracted_at) as updated_at
    from landings
    group by organization_id, performance_code

),

final as (

    select
        performances.organization_id,

        -- what it is
        {{ performance_id('performances.performance_code') }} as performance_id,
        performances.performance_code,
        performances.performance_kind,
        performances.title,
        performances.is_title_truncated,
        performances.series,
        performances.series_family,
        performances.production,
        performances.venue,
        performances.season,
        performances.fiscal_year,
        performances.performance_date,
        performances.performance_time,
        performances.capacity,
        performances.budget_goal,
        cast(performances.occupancy_goal as double precision) as occupancy_goal,
        performances.cancelled,
        coalesce(latest.reported_cap_error, false) as is_free_event,

        -- what is sold now, against what is in force today
        latest.single_tickets_sold,
        latest.subscription_tickets_sold,
        latest.total_tickets_sold,
        latest.total_revenue,
        {{ percent_of('latest.total_tickets_sold', 'performances.capacity') }} as capacity_percent,
        {{ percent_of('latest.total_revenue', 'performances.budget_goal') }} as budget_percent,

        -- what is known of it
        latest.performance_code is not null as has_sales_data,
        seen.first_snapshot_date,
        seen.last_snapshot_date,
        coalesce(seen.snapshot_count, 0) as snapshot_count,
        landed.created_at,
        landed.updated_at
    from performances
    left join latest
        on
            performances.organization_id = latest.organization_id
            and performances.performance_code = latest.performance_code
    left join seen
        on
            performances.organization_id = seen.organization_id
            and performances.performance_code = seen.performance_code
    left join landed
        on
            performances.organization_id = landed.organization_id
            and performances.performance_code = landed.performance_code

)

select * from final
