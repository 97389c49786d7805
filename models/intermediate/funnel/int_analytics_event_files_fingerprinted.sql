-- Each landed file that tells of events, as one number: its rows are read again when it changes.
with

landed_rows as (

    select
        'event' as input,
        organization_id,
        source_hash,
        landed_run
    from {{ ref('stg_clickfunnels__events') }}

),

final as (

    {{ ledgerline.funnel_files_fingerprinted('landed_rows') }}

)

select * from final
