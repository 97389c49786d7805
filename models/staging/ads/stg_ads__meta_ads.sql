with

meta_ads as (

    select * from {{ source('ads', 'meta_ads') }}

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
        'meta' as platform,
        coalesce(
            {{ ledgerline.reported_account('account_name', ledgerline.account_name_headers()) }},
            {{ ledgerline.account_folder() }}
        ) as account_name,
        campaign_name,
        adset_name,
        ad_name,
        currency,

        -- numerics
        cast(spend as decimal(18, 2)) as spend,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast(link_clicks as bigint) as link_clicks,
        cast(landing_page_views as bigint) as landing_page_views,
        cast(landing_page_view_rate as decimal(18, 6)) as landing_page_view_rate,
        coalesce(
            cast(leads as bigint),
            case
                when lower(result_indicator) like '%purchase%' then null
                when lower(result_indicator) like '%lead%' then cast(results as bigint)
            end
        ) as reported_leads,
        coalesce(
            cast(purchases as bigint),
            case when lower(result_indicator) like '%purchase%' then cast(results as bigint) end
        ) as reported_purchases,
        cast(null as decimal(18, 2)) as reported_conversions,
        cast(frequency as decimal(18, 4)) as frequency,

        -- dates
        cast(day as date) as date,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from meta_ads

)

select * from final
