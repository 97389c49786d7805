-- Each landed file that tells of orders of ClickFunnels, as one number: its rows are read again when it changes, be it
-- that rows were added, or that what they are read by is another now.
with

landed_rows as (

    select
        'api' as input,
        organization_id,
        source_hash,
        landed_run
    from {{ ref('stg_clickfunnels__orders') }}

    union all

    select
        'webhook' as input,
        organization_id,
        source_hash,
        landed_run
    from {{ ref('stg_clickfunnels__webhook_events') }}
    where data_kind = 'orders'

),

final as (

    {{ ledgerline.funnel_files_fingerprinted('landed_rows') }}

)

select * from final
