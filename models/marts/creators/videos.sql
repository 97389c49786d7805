with

final as (

    select
        -- ids
        client_id,
        video_key,
        user_id,
        handle_key,

        -- texts
        video_url,
        video_title,

        -- dates
        post_date,

        -- numerics
        views,
        likes,
        comments,
        sales_dollars,
        sales_dollars as gmv,
        sales_units,
        sales_units as units_sold,
        ctr,

        -- provenance
        sync_date,
        first_seen_sync_date,
        is_missing,
        quality_flags

    from {{ ref('int_creators__videos_settled') }}

)

select * from final
