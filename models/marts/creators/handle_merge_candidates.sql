with

changes as (

    select * from {{ ref('int_creators__handle_changes_known') }}

),

-- Few videos ever stand under another handle: only they are looked at.
moved_videos as (

    select distinct
        found.client_id,
        found.video_key
    from {{ ref('int_creators__video_changes_found') }} as found
    inner join {{ ref('int_creators__clients_known') }} as clients on found.client_id = clients.client_id
    where found.handle_key <> found.previous_handle_key

),

-- When a video first stood under a handle.
handles_of_videos as (

    select
        found.client_id,
        found.video_key,
        found.handle_key,
        min(found.sync_date) as first_sync_date
    from {{ ref('int_creators__video_changes_found') }} as found
    inner join moved_videos
        on found.client_id = moved_videos.client_id and found.video_key = moved_videos.video_key
    group by found.client_id, found.video_key, found.handle_key

),

shared as (

    select
        older.client_id,
        older.handle_key as old_handle_key,
        newer.handle_key as new_handle_key,
        count(*) as shared_video_count,
        sum(videos.sales_dollars) as shared_sales_dollars
    from handles_of_videos as older
    inner join handles_of_videos as newer
        on
            older.client_id = newer.client_id
            and older.video_key = newer.video_key
            and older.first_sync_date < newer.first_sync_date
    inner join {{ ref('int_creators__videos_settled') }} as videos
        on older.client_id = videos.client_id and older.video_key = videos.video_key
    group by older.client_id, older.handle_key, newer.handle_key

),

pairs as (

    select
        client_id,
        old_handle_key,
        new_handle_key
    from shared

    union

    select
        client_id,
        old_handle_key,
        new_handle_key
    from changes

),

listed as (

    select
        client_id,
        handle_key,
        min(sync_date) as first_sync_date,
        max(sync_date) as last_sync_date
    from {{ ref('int_creators__handles_counted') }}
    group by client_id, handle_key

),

final as (

    select
        -- ids
        pairs.client_id,
        pairs.old_handle_key,
        pairs.new_handle_key,

        -- numerics
        coalesce(shared.shared_video_count, 0) as shared_video_count,
        cast(coalesce(shared.shared_sales_dollars, 0) as decimal(18, 2)) as shared_sales_dollars,

        -- dates
        old_listed.last_sync_date as old_last_sync_date,
        new_listed.first_sync_date as new_first_sync_date,

        -- booleans
        old_listed.last_sync_date < new_listed.first_sync_date as is_disjoint,

        -- texts
        case
            when changes.resolved_at is not null then 'confirmed'
            when changes.client_id is not null then 'reported'
            else 'suggested'
        end as status

    from pairs
    left join shared
        on
            pairs.client_id = shared.client_id
            and pairs.old_handle_key = shared.old_handle_key
            and pairs.new_handle_key = shared.new_handle_key
    left join changes
        on
            pairs.client_id = changes.client_id
            and pairs.old_handle_key = changes.old_handle_key
            and pairs.new_handle_key = changes.new_handle_key
    left join listed as old_listed
        on pairs.client_id = old_listed.client_id and pairs.old_handle_key = old_listed.handle_key
    left join listed as new_listed
        on pairs.client_id = new_listed.client_id and pairs.new_handle_key = new_listed.handle_key

)

select * from final
