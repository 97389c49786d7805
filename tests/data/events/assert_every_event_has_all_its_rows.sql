-- A dashboard needs no case for missing rows: nine buckets, 168 hours, seven and thirty days for every event, and a chart
-- without a gap from the first sale to today. Returns the event with what is missing.
with

overview as (

    select * from {{ ref('event_overview') }}

),

buckets as (

    select
        event_key,
        count(*) as row_count
    from {{ ref('view_event_demographics') }}
    group by event_key

),

hours as (

    select
        event_key,
        count(*) as row_count
    from {{ ref('event_sales_velocity') }}
    group by event_key

),

points as (

    select
        event_key,
        count(case when timeline_range = '7d' then 1 end) as week_count,
        count(case when timeline_range = '30d' then 1 end) as month_count,
        count(case when timeline_range = 'all' then 1 end) as all_count,
        min(case when timeline_range = 'all' then date end) as first_date,
        max(case when timeline_range = 'all' then date end) as last_date
    from {{ ref('event_timeline') }}
    group by event_key

)

select
    overview.event_key,
    buckets.row_count as bucket_count,
    hours.row_count as hour_count,
    points.week_count,
    points.month_count,
    points.all_count,
    points.first_date,
    points.last_date
from overview
left join buckets on overview.event_key = buckets.event_key
left join hours on overview.event_key = hours.event_key
left join points on overview.event_key = points.event_key
where
    coalesce(buckets.row_count, 0) <> 9
    or coalesce(hours.row_count, 0) <> 168
    or coalesce(points.week_count, 0) <> 7
    or coalesce(points.month_count, 0) <> 30
    or (points.all_count > 0 and points.all_count <> points.last_date - points.first_date + 1)
    or points.last_date <> overview.as_of_date
