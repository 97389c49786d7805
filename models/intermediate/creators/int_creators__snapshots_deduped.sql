{{ config(
    materialized='kept', work='int_creators__syncs_fingerprinted', fingerprint='sync_fingerprint',
    skip_older_runs_of=['stg_cruva__videos']
) }}

with

syncs as (select * from {{ ref('int_creators__syncs_fingerprinted') }}),

snapshots as (

    select
        videos.*,
        syncs.sync_fingerprint,
        row_number() over (
            partition by videos.client_id, videos.video_key, videos.sync_date
            order by
                videos.landed_run desc, {{ ledgerline.by_bytes('videos.source_file') }} desc, videos.source_row desc
        ) as load_rank
    from {{ ref('stg_cruva__videos') }} as videos
    inner join syncs
        on videos.client_id = syncs.client_id and videos.sync_date = syncs.sync_date

),

final as (

    select
        -- ids
        sync_fingerprint,
        client_id,
        video_key,

        -- dates
        sync_date,

        -- what is said
        {{ ledgerline.snapshot_columns() | map(attribute=0) | join(',\n        ') }}

    from snapshots
    where load_rank = 1

)

select * from final
