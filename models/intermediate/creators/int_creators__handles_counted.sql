{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_creators__syncs_fingerprinted'), 'sync_fingerprint') }}"
) }}

with

new_syncs as (

    {{ ledgerline.not_kept(ref('int_creators__syncs_fingerprinted'), 'sync_fingerprint') }}

),

final as (

    select
        -- ids
        new_syncs.sync_fingerprint,
        snapshots.client_id,
        snapshots.handle_key,

        -- numerics
        count(*) as video_count,
        cast(sum(snapshots.sales_dollars) as decimal(18, 2)) as sales_dollars,

        -- dates
        snapshots.sync_date

    from {{ ref('int_creators__snapshots_deduped') }} as snapshots
    inner join new_syncs
        on snapshots.client_id = new_syncs.client_id and snapshots.sync_date = new_syncs.sync_date
    group by new_syncs.sync_fingerprint, snapshots.client_id, snapshots.handle_key, snapshots.sync_date

)

select * from final
