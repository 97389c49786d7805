-- One row per ad and day: a file's rows of one ad and day are summed (they are split by age or device), and of several
-- files that state it the newest holds.
with

reported as (

    select * from {{ ref('stg_ads__meta_ads') }}
    union all
    select * from {{ ref('stg_ads__google_ads') }}

),

visible as (

    select * from reported
    where date <= {{ ledgerline.reporting_as_of_date() }}

),

-- A name stands for an id where its platform gives it only one.
named_ids as (

    select
        organization_id,
        platform,
        lower({{ ledgerline.trimmed('campaign_name') }}) as campaign_name,
        max(campaign_id) as campaign_id
    from visible
    where campaign_id is not null
    group by organization_id, platform, lower({{ ledgerline.trimmed('campaign_name') }})
    having count(distinct campaign_id) = 1

),

keyed as (

    select
        visible.*,
        coalesce(
            visible.campaign_id, named_ids.campaign_id,
            'name:' || lower({{ ledgerline.trimmed('visible.campaign_name') }})
        ) as campaign_key,
        coalesce(visible.adset_id, lower({{ ledgerline.trimmed('visible.adset_name') }}), '') as adset_key,
        coalesce(visible.ad_id, lower({{ ledgerline.trimmed('visible.ad_name') }}), '') as ad_key,
        max(visible.date) over (partition by visible.organization_id, visible.source_hash) as file_last_date
    from visible
    left join named_ids
        on
            visible.organization_id = named_ids.organization_id
            and visible.platform = named_ids.platform
            and lower({{ ledgerline.trimmed('visible.campaign_name') }}) = named_ids.campaign_name

),

summed as (

    select
        organization_id,
        platform,
        date,
        campaign_key,
        adset_key,
        ad_key,
        source_hash,
        landed_run,
        file_last_date,
        source_file,
        max(campaign_id) as campaign_id,
        max(campaign_name) as campaign_name,
        max(adset_id) as adset_id,
        max(adset_name) as adset_name,
        max(ad_id) as ad_id,
        max(ad_name) as ad_name,
        max(currency) as currency,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(link_clicks) as link_clicks,
        sum(
            coalesce(landing_page_views, cast(round(link_clicks * landing_page_view_rate) as bigint))
        ) as landing_page_views,
        max(case when landing_page_views is null then landing_page_view_rate end) as given_rate,
        sum(reported_leads) as reported_leads,
        sum(reported_purchases) as reported_purchases,
        sum(reported_conversions) as reported_conversions,
        case when count(*) = 1 then max(frequency) end as frequency
    from keyed
    group by
        organization_id, platform, date, campaign_key, adset_key, ad_key, source_hash, landed_run, file_last_date,
        source_file

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, platform, date, campaign_key, adset_key, ad_key
            order by landed_run desc, file_last_date desc, {{ ledgerline.by_bytes('source_file') }} desc
        ) as recency_rank
    from summed

),

newest as (

    select
        *,
        max(case when ad_key <> '' then 1 else 0 end) over (
            partition by organization_id, platform, date, campaign_key
        ) as has_ads
    from ranked
    where recency_rank = 1

),

-- Campaign and ad level of one day are the same money: the ads stand for it.
final as (

    select * from newest
    where ad_key <> '' or has_ads = 0

)

select * from final
