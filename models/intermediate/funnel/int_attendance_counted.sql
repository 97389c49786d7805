-- The count of each platform and day that landed last, up to the as-of's day.
with

counts as (

    select * from {{ ref('stg_attendance__platform_counts') }}
    where date <= {{ ledgerline.reporting_as_of_date() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, platform, date
            order by extracted_at desc, landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc, source_row desc
        ) as recency_rank
    from counts

),

final as (

    select * from ranked
    where recency_rank = 1

)

select * from final
