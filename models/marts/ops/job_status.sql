with

runs as (

    select * from {{ ref('stg_ops__application_logs') }}

),

-- By number: a clock that was wrong for a while must not decide what came last.
numbered as (

    select
        *,
        row_number() over (order by run_number desc) as recency_rank,
        row_number() over (partition by job, status order by run_number desc) as status_recency_rank
    from runs

),

-- The clock of the newest run; a view with a clock of its own would age without anything happening.
clock as (

    select as_of from numbered
    where recency_rank = 1

),

successes as (

    select
        job,
        run_number,
        started_at,
        as_of
    from numbered
    where status = 'completed' and status_recency_rank = 1

),

failed_runs as (

    select
        numbered.job,
        numbered.started_at,
        case when numbered.run_number > coalesce(successes.run_number, 0) then 1 else 0 end as is_since_success,
        row_number() over (partition by numbered.job order by numbered.run_number desc) as failure_rank
    from numbered
    left join successes
        on numbered.job = successes.job
    where numbered.status in ('failed', 'crashed')

),

failures as (

    select
        job,
        max(case when failure_rank = 1 then started_at end) as started_at,
        sum(is_since_success) as consecutive_failures
    from failed_runs
    group by job

),

durations as (

    select
        job,
        duration_ms,
        row_number() over (partition by job order by duration_ms, run_number) as duration_rank,
        count(*) over (partition by job) as duration_count
    from runs
    where duration_ms is not null

),

-- Nearest rank: the smallest duration that at least this share of the runs did not exceed.
percentiles as (

    select
        job,
        min(case when 100 * duration_rank >= 50 * duration_count then duration_ms end) as p50_duration_ms,
        min(case when 100 * duration_rank >= 95 * duration_count then duration_ms end) as p95_duration_ms
    from durations
    group by job

),

jobs as (

    select
        job,
        count(*) as runs
    from runs
    group by job

),

final as (

    select
        jobs.job,
        jobs.runs,
        coalesce(cast(failures.consecutive_failures as bigint), 0) as consecutive_failures,
        cast({{ dbt.datediff('successes.as_of', 'clock.as_of', 'second') }} as bigint) as age_seconds,
        percentiles.p50_duration_ms,
        percentiles.p95_duration_ms,
        coalesce(
            {{ dbt.datediff('successes.as_of', 'clock.as_of', 'second') }} > 3600 * {{ var('job_stale_hours') }}, true
        ) as is_stale,
        successes.started_at as last_success_at,
        failures.started_at as last_failure_at
    from jobs
    cross join clock
    left join successes
        on jobs.job = successes.job
    left join failures
        on jobs.job = failures.job
    left join percentiles
        on jobs.job = percentiles.job

)

select * from final
