with

snapshots as (

    select
        *,
        row_number() over (
            partition by client_id, video_key, sync_date
            order by landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc, source_row desc
        ) as load_rank
    from {{ ref('stg_cruva__videos') }}
    where sync_date <= {{ ledgerline.as_of_utc_day() }}

),

final as (

    select
        -- ids
        client_id,
        video_key,
        handle_key,

        -- texts
        tiktok_handle,
        video_url,
        video_title,
        quality_flags,

        -- numerics
        views,
        likes,
        comments,
        sales_dollars,
        sales_units,
        ctr,

        -- dates
        sync_date,
        post_date

    from snapshots
    where load_rank = 1

)

select * from final
