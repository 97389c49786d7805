with

videos as (

    select * from {{ source('cruva', 'videos') }}

),

final as (

    select
        -- ids
        organization_id as client_id,
        video_key,
        handle_key,

        -- texts
        ltrim(handle, '@') as tiktok_handle,
        video_url,
        video_title,
        quality_flags,

        -- numerics
        views,
        likes,
        comments,
        gmv as sales_dollars,
        units_sold as sales_units,
        ctr,

        -- dates
        sync_date,
        post_date,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from videos

)

select * from final
