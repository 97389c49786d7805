{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_creators__syncs_fingerprinted'), 'sync_fingerprint') }}"
) }}

with

new_syncs as (

    {{ ledgerline.not_kept(ref('int_creators__syncs_fingerprinted'), 'sync_fingerprint') }}

),

snapshots as (

    select
        videos.*,
        new_syncs.sync_fingerprint,
        row_number() over (
            partition by videos.client_id, videos.video_key, videos.sync_date
            order by
                videos.landed_run desc, {{ ledgerline.by_bytes('videos.source_file') }} desc, videos.source_row desc
        ) as load_rank
    from {{ ref('stg_cruva__videos') }} as videos
    inner join new_syncs
        on videos.client_id = new_syncs.client_id and videos.sync_date = new_syncs.sync_date
    where videos.landed_run >= {{ ledgerline.first_run_not_kept(
        ref('int_creators__syncs_fingerprinted'), 'sync_fingerprint'
    ) }}

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
