-- No row of the funnel is from after the as-of: an old as-of gives the figures of that moment. Returns how many rows of a
-- mart are.
with

instants as (

    select
        'contacts' as mart,
        created_at as happened_at
    from {{ ref('contacts') }}
    union all
    select
        'orders' as mart,
        created_at as happened_at
    from {{ ref('orders') }}
    union all
    select
        'analytics_events' as mart,
        timestamp as happened_at
    from {{ ref('analytics_events') }}
    union all
    select
        'order_status_changes' as mart,
        changed_at as happened_at
    from {{ ref('order_status_changes') }}
    union all
    select
        'refunds' as mart,
        refunded_at as happened_at
    from {{ ref('refunds') }}
    union all
    select
        'subscription_renewals' as mart,
        paid_at as happened_at
    from {{ ref('subscription_renewals') }}
    union all
    select
        'workflow_errors' as mart,
        error_timestamp as happened_at
    from {{ ref('workflow_errors') }}

),

days as (

    select
        'ad_performance' as mart,
        date
    from {{ ref('ad_performance') }}
    union all
    select
        'youtube_attendance' as mart,
        date
    from {{ ref('youtube_attendance') }}
    union all
    select
        'attendance_daily' as mart,
        date
    from {{ ref('attendance_daily') }}
    union all
    select
        'funnel_kpis_daily' as mart,
        date
    from {{ ref('funnel_kpis_daily') }}

)

select
    mart,
    count(*) as row_count
from instants
where happened_at > {{ ledgerline.as_of_instant() }}
group by mart

union all

select
    mart,
    count(*) as row_count
from days
where date > {{ ledgerline.reporting_as_of_date() }}
group by mart
