with

results as (

    select * from {{ source('ops', 'test_results') }}

),

renamed as (

    select
        -- ids
        invocation_id,

        -- texts
        test_name,
        model,
        severity,
        status,

        -- numerics
        build_number,
        failing_rows,

        -- timestamps
        as_of
    from results

)

select * from renamed
