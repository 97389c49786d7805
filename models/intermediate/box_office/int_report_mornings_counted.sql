-- How many performances each printed sales report showed, and what is usual: the median of the 3 to 7 mornings before.
with

snapshots as (

    select * from {{ ref('int_performance_snapshots_valued') }}
    where is_printed

),

mornings as (

    select
        organization_id,
        snapshot_date,
        count(*) as row_count,
        row_number() over (
            partition by organization_id
            order by snapshot_date
        ) as morning_number,
        row_number() over (
            partition by organization_id
            order by snapshot_date desc
        ) = 1 as is_latest
    from snapshots
    group by organization_id, snapshot_date

),

mornings_before as (

    select
        mornings.organization_id,
        mornings.snapshot_date,
        earlier.row_count,
        row_number() over (
            partition by mornings.organization_id, mornings.snapshot_date
            order by earlier.row_count, earlier.snapshot_date
        ) as size_rank,
        count(*) over (
            partition by mornings.organization_id, mornings.snapshot_date
        ) as morning_count
    from mornings
    inner join mornings as earlier
        on
            mornings.organization_id = earlier.organization_id
            and earlier.morning_number between mornings.morning_number - 7 and mornings.morning_number - 1

),

medians as (

    select
        organization_id,
        snapshot_date,
        cast(sum(row_count) as double precision) / count(*) as usual_row_count
    from mornings_before
    where
        morning_count >= 3
        -- The middle one, or the two in the middle.
        and 2 * size_rank between morning_count and morning_count + 2
    group by organization_id, snapshot_date

),

final as (

    select
        mornings.organization_id,
        mornings.snapshot_date,
        mornings.row_count,
        mornings.is_latest,
        medians.usual_row_count
    from mornings
    left join medians
        on
            mornings.organization_id = medians.organization_id
            and mornings.snapshot_date = medians.snapshot_date

)

select * from final
