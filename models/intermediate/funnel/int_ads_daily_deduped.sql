-- One row per ad and day. Campaign and ad level of one day are the same money: the ads stand for it.
with

held as (

    select * from {{ ref('int_ads_restatements_settled') }}

),

parted as (

    select * from {{ ref('int_ads_files_parted') }}

),

campaigns_with_ads as (

    select distinct
        organization_id,
        platform,
        date,
        account_key,
        campaign_key,
        file_rank,
        is_known_by_name
    from held
    where ad_key <> ''

),

split_campaigns as (

    select distinct
        held.organization_id,
        held.platform,
        held.date,
        held.account_key,
        held.campaign_key,
        held.file_rank
    from held
    inner join campaigns_with_ads as ads
        on
            held.organization_id = ads.organization_id
            and held.platform = ads.platform
            and held.date = ads.date
            and held.campaign_key = ads.campaign_key
    left join parted
        on
            held.organization_id = parted.organization_id
            and held.platform = parted.platform
            and least(held.file_rank, ads.file_rank) = parted.older_file_rank
            and greatest(held.file_rank, ads.file_rank) = parted.newer_file_rank
    where
        held.ad_key = ''
        and case
            when held.is_known_by_name or ads.is_known_by_name then parted.older_file_rank is null
            else held.account_key = ads.account_key
        end

),

final as (

    select
        held.*,
        -- Where two files count side by side, the file is part of what a row is.
        case
            when
                held.is_known_by_name
                and count(*) over (
                    partition by
                        held.organization_id,
                        held.platform,
                        held.date,
                        held.account_key,
                        held.campaign_key,
                        held.adset_key,
                        held.ad_key
                ) > 1
                then held.source_hash
            else ''
        end as file_key
    from held
    left join split_campaigns
        on
            held.organization_id = split_campaigns.organization_id
            and held.platform = split_campaigns.platform
            and held.date = split_campaigns.date
            and held.account_key = split_campaigns.account_key
            and held.campaign_key = split_campaigns.campaign_key
            and held.file_rank = split_campaigns.file_rank
            and held.ad_key = ''
    where split_campaigns.file_rank is null

)

select * from final
