{%- set counted_as = ledgerline.setting('funnel_google_conversions', ['none', 'leads', 'purchases']) %}

with

google_ads as (

    select * from {{ source('ads', 'google_ads') }}

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.reported_account('account_id', ledgerline.account_id_headers()) }} as account_id,
        campaign_id,
        adset_id,
        ad_id,

        -- texts
        'google' as platform,
        coalesce(
            {{ ledgerline.reported_account('account_name', ledgerline.account_name_headers()) }},
            {{ ledgerline.account_folder() }}
        ) as account_name,
        campaign_name,
        adset_name,
        cast(null as varchar) as ad_name,
        currency,

        -- numerics
        cast(spend as decimal(18, 2)) as spend,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        -- Google counts clicks on the ad's link only.
        cast(clicks as bigint) as link_clicks,
        cast(null as bigint) as landing_page_views,
        cast(null as decimal(18, 6)) as landing_page_view_rate,
        {{ 'cast(round(cast(conversions as decimal(18, 2))) as bigint)'
            if counted_as == 'leads' else 'cast(null as bigint)' }} as reported_leads,
        {{ 'cast(round(cast(conversions as decimal(18, 2))) as bigint)'
            if counted_as == 'purchases' else 'cast(null as bigint)' }} as reported_purchases,
        cast(conversions as decimal(18, 2)) as reported_conversions,
        cast(null as decimal(18, 4)) as frequency,

        -- dates
        cast(day as date) as date,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from google_ads

)

select * from final
