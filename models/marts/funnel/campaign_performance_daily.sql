with

ads as (

    select * from {{ ref('int_ads_classified') }}

),

-- A campaign goes by its newest name, on every day.
named as (

    select
        *,
        row_number() over (
            partition by organization_id, platform, account, campaign_key
            order by
                date desc,
                landed_run desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                {{ ledgerline.by_bytes('adset_key') }},
                {{ ledgerline.by_bytes('ad_key') }},
                {{ ledgerline.by_bytes('file_key') }}
        ) as name_rank
    from ads

),

names as (

    select
        organization_id,
        platform,
        account,
        campaign_key,
        campaign_name,
        campaign_type
    from named
    where name_rank = 1

),

summed as (

    select
        organization_id,
        date,
        platform,
        account,
        campaign_key,
        spend_currency as currency,
        max(campaign_id) as campaign_id,
        cast(sum(spend) as decimal(18, 2)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(link_clicks) as bigint) as link_clicks,
        cast(sum(landing_page_views) as bigint) as landing_page_views,
        cast(sum(reported_leads) as bigint) as reported_leads,
        cast(sum(reported_purchases) as bigint) as reported_purchases
    from ads
    group by organization_id, date, platform, account, campaign_key, spend_currency

),

final as (

    select
        -- ids
        summed.organization_id,
        summed.date,
        summed.platform,
        summed.account,
        summed.campaign_key,
        summed.currency,
        summed.campaign_id,

        -- texts
        names.campaign_name,
        names.campaign_type,

        -- numerics
        summed.spend,
        summed.impressions,
        summed.clicks,
        summed.link_clicks,
        summed.landing_page_views,
        summed.reported_leads,
        summed.reported_purchases,
        {{ ledgerline.amount_per('summed.spend', 'summed.link_clicks') }} as cpc_amount,
        {{ ledgerline.amount_per('1000 * summed.spend', 'summed.impressions') }} as cpm_amount,
        {{ ledgerline.percent_of_counts('summed.link_clicks', 'summed.impressions') }} as ctr_percent,
        {{ ledgerline.amount_per('summed.spend', 'summed.reported_leads') }} as cpl_amount,
        {{ ledgerline.amount_per('summed.spend', 'summed.reported_purchases') }} as cpp_amount,
        {{ ledgerline.percent_of_counts('summed.landing_page_views', 'summed.link_clicks') }} as connect_percent,
        {{ ledgerline.percent_of_counts('summed.reported_leads', 'summed.link_clicks') }} as click_to_lead_percent,
        {{ ledgerline.percent_of_counts('summed.reported_purchases', 'summed.link_clicks') }}
            as click_to_purchase_percent

    from summed
    inner join names
        on
            summed.organization_id = names.organization_id
            and summed.platform = names.platform
            and summed.account = names.account
            and summed.campaign_key = names.campaign_key

)

select * from final
