-- A view: the results of a build are written when it has ended.
with

results as (

    select * from {{ ref('stg_ops__test_results') }}

),

compared as (

    select
        *,
        lag(failing_rows) over (partition by test_name order by build_number) as previous_failing_rows,
        lag(status) over (partition by test_name order by build_number) as previous_status
    from results

),

final as (

    select
        -- ids
        build_number,
        test_name,

        -- texts
        model,
        severity,
        status,
        case
            when previous_status is null then 'new'
            when failing_rows is null or previous_failing_rows is null
                then case when status = previous_status then 'same' else 'changed' end
            when failing_rows > previous_failing_rows then 'worse'
            when failing_rows < previous_failing_rows then 'better'
            else 'same'
        end as trend,

        -- numerics
        failing_rows,
        previous_failing_rows,

        -- timestamps
        as_of

    from compared

)

select * from final
