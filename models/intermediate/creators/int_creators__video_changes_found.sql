-- A video's snapshot that is its first, or says otherwise than the one before. How an address or a handle is spelled is
-- no change.
with

snapshots as (

    select
        *,
        {%- for column in (
            'sync_date', 'handle_key', 'video_title', 'views', 'likes', 'comments', 'sales_dollars', 'sales_units',
            'ctr', 'post_date',
        ) %}
        lag({{ column }}) over by_day as previous_{{ column }},
        {%- endfor %}
        min(sync_date) over (partition by client_id) as first_sync_date
    from {{ ref('int_creators__video_snapshots_deduped') }}
    window by_day as (partition by client_id, video_key order by sync_date)

),

final as (

    select
        -- ids
        client_id,
        video_key,
        handle_key,
        previous_handle_key,

        -- numerics
        views,
        sales_dollars,
        sales_units,
        previous_sales_dollars,
        previous_sales_units,
        {%- for column in ('views', 'likes', 'comments', 'sales_dollars', 'sales_units') %}
        {{ column }} - coalesce(previous_{{ column }}, 0) as {{ column }}_change,
        {%- endfor %}

        -- booleans
        previous_sync_date is null as is_first,
        sync_date = first_sync_date as is_baseline,

        -- dates
        sync_date,
        previous_sync_date,
        post_date

    from snapshots
    where
        previous_sync_date is null
        or views <> previous_views
        or likes <> previous_likes
        or comments <> previous_comments
        or sales_dollars <> previous_sales_dollars
        or sales_units <> previous_sales_units
        or coalesce(ctr, -1) <> coalesce(previous_ctr, -1)
        or handle_key <> previous_handle_key
        or post_date <> previous_post_date
        or coalesce(video_title, '') <> coalesce(previous_video_title, '')

)

select * from final
