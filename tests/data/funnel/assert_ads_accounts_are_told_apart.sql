{{ config(severity='warn') }}

-- A warning, since all their money is kept: two ads reports that both count on the same days for a campaign of one
-- name, because the newer lacks a campaign of the older and one of them names no account and no ids. They are of two
-- accounts, or exports of one account with different filters, whose money then counts twice. Export them with the
-- account's column or with ids, or put each account's files below a folder `account=<id>`. Returns each pair of files.
select
    older.organization_id,
    older.platform,
    older.source_file as older_file,
    newer.source_file as newer_file,
    min(older.date) as first_date,
    max(older.date) as last_date,
    count(distinct older.campaign_name_key) as campaigns
from {{ ref('int_ads_files_parted') }} as parted
inner join {{ ref('int_ads_daily_deduped') }} as older
    on
        parted.organization_id = older.organization_id
        and parted.platform = older.platform
        and parted.older_file_rank = older.file_rank
inner join {{ ref('int_ads_daily_deduped') }} as newer
    on
        parted.organization_id = newer.organization_id
        and parted.platform = newer.platform
        and parted.newer_file_rank = newer.file_rank
        and older.date = newer.date
        and older.campaign_name_key = newer.campaign_name_key
where older.is_known_by_name or newer.is_known_by_name
group by older.organization_id, older.platform, older.source_file, newer.source_file
