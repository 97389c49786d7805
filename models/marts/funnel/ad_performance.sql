with

ads as (

    select * from {{ ref('int_ads_classified') }}

),

final as (

    select
        -- ids
        ads.organization_id,
        {{ ledgerline.hash_number(
            "concat_ws('|', ads.organization_id, ads.platform, cast(ads.date as varchar), ads.campaign_key,"
            ~ " ads.adset_key, ads.ad_key, nullif(ads.account_key, ''), nullif(ads.file_key, ''))"
        ) }} as id,
        ads.date,
        ads.platform,
        ads.account,
        ads.campaign_id,
        ads.campaign_name,
        ads.adset_id,
        ads.adset_name,
        ads.ad_id,
        ads.ad_name,

        -- numerics
        cast(ads.spend as decimal(18, 2)) as spend,
        cast(ads.clicks as bigint) as clicks,
        cast(ads.impressions as bigint) as impressions,
        cast(ads.link_clicks as bigint) as link_clicks,
        cast(case when ads.platform = 'meta' then ads.link_clicks end as bigint) as inline_link_clicks,
        cast(
            coalesce(
                ads.given_rate,
                cast({{ ledgerline.rounded_ratio(
                    'cast(1000000 * ads.landing_page_views as ' ~ ledgerline.wide_integer() ~ ')', 'ads.link_clicks'
                ) }} as decimal(18, 0)) * 0.000001
            ) as decimal(18, 6)
        ) as landing_page_view_per_link_click,
        cast(ads.reported_leads as bigint) as reported_leads,
        cast(ads.reported_purchases as bigint) as reported_purchases,
        cast(ads.reported_conversions as decimal(18, 2)) as reported_conversions,
        cast(ads.landing_page_views as bigint) as landing_page_views,
        cast(ads.frequency as decimal(18, 4)) as frequency,

        -- texts
        ads.campaign_type,
        ads.currency,
        ads.campaign_key

    from ads

)

select * from final
