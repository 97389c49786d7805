-- Files that cannot be two exports of one thing: the newer lacks a campaign that the older has on a day that both tell,
-- or has it in another currency, as no account does. Asked only where a file names no account and no ids; nothing else
-- could tell whose it is.
with

rows_of_files as (

    select
        organization_id,
        platform,
        date,
        campaign_key,
        campaign_name_key,
        currency,
        file_rank,
        max(case when is_known_by_name then 1 else 0 end) over (
            partition by organization_id, platform, file_rank
        ) = 1 as is_file_known_by_name
    from {{ ref('int_ads_files_summed') }}

),

campaigns as (

    select distinct * from rows_of_files

),

files as (

    select distinct
        organization_id,
        platform,
        date,
        file_rank,
        is_file_known_by_name
    from rows_of_files

),

days as (

    select
        organization_id,
        platform,
        date,
        count(*) as files
    from files
    group by organization_id, platform, date
    having max(case when is_file_known_by_name then 1 else 0 end) = 1

),

told as (

    select
        organization_id,
        platform,
        date,
        campaign_key,
        currency,
        count(distinct file_rank) as files
    from campaigns
    group by organization_id, platform, date, campaign_key, currency

),

-- A campaign that every file of the day has parts none of them: most often there is no other.
doubtful as (

    select campaigns.*
    from campaigns
    inner join days
        on
            campaigns.organization_id = days.organization_id
            and campaigns.platform = days.platform
            and campaigns.date = days.date
    inner join told
        on
            campaigns.organization_id = told.organization_id
            and campaigns.platform = told.platform
            and campaigns.date = told.date
            and campaigns.campaign_key = told.campaign_key
            and coalesce(campaigns.currency, '') = coalesce(told.currency, '')
    where told.files < days.files

),

final as (

    select distinct
        doubtful.organization_id,
        doubtful.platform,
        doubtful.file_rank as older_file_rank,
        files.file_rank as newer_file_rank
    from doubtful
    inner join files
        on
            doubtful.organization_id = files.organization_id
            and doubtful.platform = files.platform
            and doubtful.date = files.date
            and doubtful.file_rank < files.file_rank
    left join campaigns
        on
            files.organization_id = campaigns.organization_id
            and files.platform = campaigns.platform
            and files.date = campaigns.date
            and files.file_rank = campaigns.file_rank
            and (
                doubtful.campaign_key = campaigns.campaign_key
                or doubtful.campaign_name_key = campaigns.campaign_name_key
            )
            and coalesce(doubtful.currency, campaigns.currency, '')
            = coalesce(campaigns.currency, doubtful.currency, '')
    where
        campaigns.file_rank is null
        and (doubtful.is_file_known_by_name or files.is_file_known_by_name)

)

select * from final
