-- What a client's last sync says of its videos; of those that are gone from it, what was last said.
{%- set said = ledgerline.snapshot_columns() | map(attribute=0) | list %}
with

listed as (

    select snapshots.*
    from {{ ref('int_creators__snapshots_deduped') }} as snapshots
    inner join {{ ref('int_creators__syncs_fingerprinted') }} as syncs
        on snapshots.client_id = syncs.client_id and snapshots.sync_date = syncs.sync_date
    where syncs.next_sync_date is null

),

gone as (

    select steps.*
    from {{ ref('int_creators__syncs_compared') }} as steps
    where
        steps.step = 'gone'
        and not exists (
            select 1
            from {{ ref('int_creators__syncs_compared') }} as later_steps
            where
                later_steps.client_id = steps.client_id
                and later_steps.video_key = steps.video_key
                and later_steps.sync_date > steps.sync_date
        )

),

videos as (

    select
        client_id,
        video_key,
        sync_date,
        false as is_missing,
        {{ said | join(',\n        ') }}
    from listed

    union all

    select
        client_id,
        video_key,
        previous_sync_date as sync_date,
        true as is_missing,
        {{ said | join(',\n        ') }}
    from gone

),

final as (

    select
        -- ids
        videos.client_id,
        videos.video_key,
        handles.creator_key,
        handles.user_id,
        videos.handle_key,

        -- texts
        videos.tiktok_handle,
        videos.video_url,
        videos.video_title,
        videos.quality_flags,

        -- numerics
        videos.views,
        videos.likes,
        videos.comments,
        videos.sales_dollars,
        videos.sales_units,
        videos.ctr,

        -- booleans
        videos.is_missing,

        -- dates
        videos.post_date,
        videos.sync_date,
        first_steps.sync_date as first_seen_sync_date,

        -- timestamps
        {{ ledgerline.midnight('videos.post_date') }} as posted_at

    from videos
    inner join {{ ref('int_creators__handles_resolved') }} as handles
        on videos.client_id = handles.client_id and videos.handle_key = handles.handle_key
    inner join {{ ref('int_creators__syncs_compared') }} as first_steps
        on
            videos.client_id = first_steps.client_id
            and videos.video_key = first_steps.video_key
            and first_steps.step = 'first'

)

select * from final
