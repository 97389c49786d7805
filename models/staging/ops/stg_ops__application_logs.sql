with

runs as (

    select * from {{ source('ops', 'application_logs') }}

),

renamed as (

    select
        -- ids
        run_id,
        organization_id,

        -- texts
        job,
        mode,
        status,
        payload,
        error,

        -- numerics
        run_number,
        duration_ms,
        rows_in,
        rows_out,

        -- timestamps
        started_at,
        finished_at,
        as_of
    from runs

)

select * from renamed
