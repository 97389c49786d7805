with

syncs as (

    select
        client_id,
        sync_date,
        count(*) as row_count,
        min(landed_run) as first_landed_run,
        max(landed_run) as last_landed_run
    from {{ ref('stg_cruva__videos') }}
    where sync_date <= {{ ledgerline.as_of_utc_day() }}
    group by client_id, sync_date

),

-- When an export is landed again, or another one for the same day, the sync is another one.
fingerprinted as (

    select
        *,
        {{ ledgerline.hash_number(
            "concat_ws('|', client_id, cast(sync_date as varchar), cast(row_count as varchar),"
            ~ " cast(last_landed_run as varchar), '" ~ ledgerline.code_digest('/creators/', '/cruva/') ~ "')"
        ) }} as sync_fingerprint
    from syncs

),

summed as (

    select
        *,
        sum(sync_fingerprint) over (partition by client_id order by sync_date) as fingerprints_so_far
    from fingerprinted

),

final as (

    select
        -- ids
        client_id,
        sync_fingerprint,
        {{ ledgerline.hash_number("concat_ws('|', client_id, cast(fingerprints_so_far as varchar))") }}
            as history_fingerprint,

        -- dates
        sync_date,
        lag(sync_date) over by_day as previous_sync_date,
        lead(sync_date) over by_day as next_sync_date,
        min(sync_date) over (partition by client_id) as first_sync_date,

        -- provenance
        first_landed_run

    from summed
    window by_day as (partition by client_id order by sync_date)

)

select * from final
