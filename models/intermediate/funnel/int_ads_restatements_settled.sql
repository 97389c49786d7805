-- What holds of each ad and day that several files state: the newest. A file that names neither account nor ids
-- restates another, or is restated by it, only where the newer has every campaign of the older; else both count.
with

told as (

    select
        *,
        row_number() over (
            partition by
                organization_id,
                platform,
                date,
                case when not is_known_by_name then account_key end,
                campaign_key,
                adset_key,
                ad_key,
                is_known_by_name
            order by file_rank desc
        ) - 1 as newer_files
    from {{ ref('int_ads_files_summed') }}

),

parted as (

    select * from {{ ref('int_ads_files_parted') }}

),

-- Newer files that speak of something else.
parted_rows as (

    select
        older.organization_id,
        older.platform,
        older.date,
        older.campaign_key,
        older.adset_key,
        older.ad_key,
        older.file_rank,
        count(*) as parted_files
    from told as older
    inner join parted
        on
            older.organization_id = parted.organization_id
            and older.platform = parted.platform
            and older.file_rank = parted.older_file_rank
    inner join told as newer
        on
            older.organization_id = newer.organization_id
            and older.platform = newer.platform
            and older.date = newer.date
            and older.campaign_key = newer.campaign_key
            and older.adset_key = newer.adset_key
            and older.ad_key = newer.ad_key
            and parted.newer_file_rank = newer.file_rank
    where older.is_known_by_name and newer.is_known_by_name
    group by
        older.organization_id, older.platform, older.date, older.campaign_key, older.adset_key, older.ad_key,
        older.file_rank

),

standing as (

    select told.*
    from told
    left join parted_rows
        on
            told.organization_id = parted_rows.organization_id
            and told.platform = parted_rows.platform
            and told.date = parted_rows.date
            and told.campaign_key = parted_rows.campaign_key
            and told.adset_key = parted_rows.adset_key
            and told.ad_key = parted_rows.ad_key
            and told.file_rank = parted_rows.file_rank
            and told.is_known_by_name
    where told.newer_files = coalesce(parted_rows.parted_files, 0)

),

both_kinds as (

    select
        organization_id,
        platform
    from told
    group by organization_id, platform
    having count(distinct is_known_by_name) > 1

),

-- The same between a file that names an account or ids and one that does not.
restated as (

    select distinct
        older.organization_id,
        older.platform,
        older.date,
        older.account_key,
        older.campaign_key,
        older.adset_key,
        older.ad_key,
        older.file_rank
    from standing as older
    inner join both_kinds
        on older.organization_id = both_kinds.organization_id and older.platform = both_kinds.platform
    inner join told as newer
        on
            older.organization_id = newer.organization_id
            and older.platform = newer.platform
            and older.date = newer.date
            and older.adset_key = newer.adset_key
            and older.ad_key = newer.ad_key
            and older.file_rank < newer.file_rank
            and older.is_known_by_name <> newer.is_known_by_name
            and (older.campaign_key = newer.campaign_key or older.campaign_name_key = newer.campaign_name_key)
    left join parted
        on
            older.organization_id = parted.organization_id
            and older.platform = parted.platform
            and older.file_rank = parted.older_file_rank
            and newer.file_rank = parted.newer_file_rank
    where parted.older_file_rank is null

),

final as (

    select standing.*
    from standing
    left join restated
        on
            standing.organization_id = restated.organization_id
            and standing.platform = restated.platform
            and standing.date = restated.date
            and standing.account_key = restated.account_key
            and standing.campaign_key = restated.campaign_key
            and standing.adset_key = restated.adset_key
            and standing.ad_key = restated.ad_key
            and standing.file_rank = restated.file_rank
    where restated.file_rank is null

)

select * from final
