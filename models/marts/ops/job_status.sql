with

runs as (

    select * from {{ ref('stg_ops__application_logs') }}

),

-- The clock of the newest run; a view with a clock of its own would age without anything happening.
clock as (

    select max(as_of) as as_of from runs

),

successes as (

    select
        job,
        max(run_number) as run_number,
        max(started_at) as started_at,
        max(as_of) as as_of
    from runs
    where status = 'completed'
    group by job

),

failures as (

    select
        runs.job,
        max(runs.started_at) as started_at,
        sum(case when runs.run_number > coalesce(successes.run_number, 0) then 1 else 0 end) as consecutive_failures
    from runs
    left join successes
        on runs.job = successes.job
    where runs.status in ('failed', 'crashed')
    group by runs.job

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
