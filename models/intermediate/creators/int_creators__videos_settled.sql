with

snapshots as (

    select
        *,
        row_number() over (partition by client_id, video_key order by sync_date desc) as recency,
        min(sync_date) over (partition by client_id, video_key) as first_seen_sync_date,
        max(sync_date) over (partition by client_id) as last_client_sync_date
    from {{ ref('int_creators__video_snapshots_deduped') }}

),

final as (

    select
        -- ids
        snapshots.client_id,
        snapshots.video_key,
        handles.creator_key,
        handles.user_id,
        snapshots.handle_key,

        -- texts
        snapshots.tiktok_handle,
        snapshots.video_url,
        snapshots.video_title,
        snapshots.quality_flags,

        -- numerics
        snapshots.views,
        snapshots.likes,
        snapshots.comments,
        snapshots.sales_dollars,
        snapshots.sales_units,
        snapshots.ctr,

        -- booleans
        snapshots.sync_date < snapshots.last_client_sync_date as is_missing,

        -- dates
        snapshots.post_date,
        snapshots.sync_date,
        snapshots.first_seen_sync_date,

        -- timestamps
        {{ ledgerline.midnight('snapshots.post_date') }} as posted_at

    from snapshots
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on snapshots.client_id = handles.client_id and snapshots.handle_key = handles.handle_key
    where snapshots.recency = 1

)

select * from final
