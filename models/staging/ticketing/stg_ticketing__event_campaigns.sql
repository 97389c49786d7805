with

event_campaigns as (

    select * from {{ source('ticketing', 'event_campaigns') }}

),

final as (

    select
        -- ids
        event_key,

        -- texts
        ad_platform,
        campaign_name,

        -- numerics
        coalesce(cast(share_percent as decimal(18, 2)), 100) as share_percent,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from event_campaigns

)

select * from final
