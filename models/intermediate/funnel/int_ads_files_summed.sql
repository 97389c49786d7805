-- What each file says of each ad and day: its rows of one ad and day are summed (they are split by age or device).
with

keyed as (

    select * from {{ ref('int_ads_keyed') }}

),

accounts as (

    select
        organization_id,
        platform,
        told_account_key as account_key,
        coalesce(max(account_id), max(account_name)) as account
    from keyed
    where told_account_key is not null
    group by organization_id, platform, told_account_key

),

summed as (

    select
        organization_id,
        platform,
        date,
        account_key,
        campaign_key,
        adset_key,
        ad_key,
        source_hash,
        landed_run,
        file_last_date,
        source_file,
        max(campaign_name_key) as campaign_name_key,
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
        case when count(*) = 1 then max(frequency) end as frequency,
        min(case when is_known_by_name then 1 else 0 end) = 1 as is_known_by_name
    from keyed
    group by
        organization_id, platform, date, account_key, campaign_key, adset_key, ad_key, source_hash, landed_run,
        file_last_date, source_file

),

final as (

    select
        summed.*,
        coalesce(accounts.account, '') as account,
        -- The newest landed is the last; it also names the file.
        dense_rank() over (
            partition by summed.organization_id
            order by summed.landed_run, summed.file_last_date, {{ ledgerline.by_bytes('summed.source_file') }}
        ) as file_rank
    from summed
    left join accounts
        on
            summed.organization_id = accounts.organization_id
            and summed.platform = accounts.platform
            and summed.account_key = accounts.account_key

)

select * from final
