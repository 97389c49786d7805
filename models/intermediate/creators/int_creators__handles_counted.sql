{{ config(materialized='kept', work='int_creators__syncs_fingerprinted', fingerprint='sync_fingerprint') }}

with

syncs as (select * from {{ ref('int_creators__syncs_fingerprinted') }}),

final as (

    select
        -- ids
        syncs.sync_fingerprint,
        snapshots.client_id,
        snapshots.handle_key,

        -- numerics
        count(*) as video_count,
        cast(sum(snapshots.sales_dollars) as decimal(18, 2)) as sales_dollars,

        -- dates
        snapshots.sync_date

    from {{ ref('int_creators__snapshots_deduped') }} as snapshots
    inner join syncs
        on snapshots.client_id = syncs.client_id and snapshots.sync_date = syncs.sync_date
    group by syncs.sync_fingerprint, snapshots.client_id, snapshots.handle_key, snapshots.sync_date

)

select * from final
