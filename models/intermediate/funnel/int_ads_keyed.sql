-- Each reported row with whose it is and what it speaks of. Ids are unique across accounts and so tell the account;
-- names are not, and stand for an id only within their account.
with

reported as (

    select * from {{ ref('stg_ads__meta_ads') }}
    union all
    select * from {{ ref('stg_ads__google_ads') }}

),

visible as (

    select
        *,
        {{ ledgerline.account_as_compared('account_id') }} as account_id_key,
        {{ ledgerline.account_as_compared('account_name') }} as account_name_key,
        lower({{ ledgerline.trimmed('campaign_name') }}) as campaign_name_key,
        max(date) over (partition by organization_id, source_hash) as file_last_date
    from reported
    where date <= {{ ledgerline.reporting_as_of_date() }}

),

-- One report prints the account's id, another its name.
named_accounts as (

    select
        organization_id,
        platform,
        account_name_key,
        max(account_id_key) as account_id_key
    from visible
    where account_id_key is not null and account_name_key is not null
    group by organization_id, platform, account_name_key
    having count(distinct account_id_key) = 1

),

told as (

    select
        visible.*,
        coalesce(
            visible.account_id_key, named_accounts.account_id_key, visible.account_name_key
        ) as told_account_key
    from visible
    left join named_accounts
        on
            visible.organization_id = named_accounts.organization_id
            and visible.platform = named_accounts.platform
            and visible.account_name_key = named_accounts.account_name_key

),

campaign_accounts as (

    select
        organization_id,
        platform,
        campaign_id,
        max(told_account_key) as account_key
    from told
    where campaign_id is not null and told_account_key is not null
    group by organization_id, platform, campaign_id

),

ad_accounts as (

    select
        organization_id,
        platform,
        ad_id,
        max(told_account_key) as account_key
    from told
    where ad_id is not null and told_account_key is not null
    group by organization_id, platform, ad_id

),

owned as (

    select
        told.*,
        coalesce(campaign_accounts.account_key, ad_accounts.account_key, told.told_account_key, '') as owner_key,
        told.told_account_key is null and told.campaign_id is null and told.ad_id is null as is_known_by_name
    from told
    left join campaign_accounts
        on
            told.organization_id = campaign_accounts.organization_id
            and told.platform = campaign_accounts.platform
            and told.campaign_id = campaign_accounts.campaign_id
    left join ad_accounts
        on
            told.organization_id = ad_accounts.organization_id
            and told.platform = ad_accounts.platform
            and told.ad_id = ad_accounts.ad_id
            and told.campaign_id is null

),

-- What an account calls by a name, and, for rows of no known account, what the platform does.
named_campaigns as (

    select
        organization_id,
        platform,
        owner_key,
        campaign_name_key,
        max(campaign_id) as campaign_id,
        owner_key as campaign_owner_key
    from owned
    where owner_key <> ''
    group by organization_id, platform, owner_key, campaign_name_key
    having count(distinct campaign_id) = 1

    union all

    select
        organization_id,
        platform,
        '' as owner_key,
        campaign_name_key,
        max(campaign_id) as campaign_id,
        max(owner_key) as campaign_owner_key
    from owned
    group by organization_id, platform, campaign_name_key
    having count(distinct campaign_id) = 1 and count(distinct nullif(owner_key, '')) <= 1

),

final as (

    select
        owned.*,
        case
            when owned.campaign_id is null then coalesce(named_campaigns.campaign_owner_key, owned.owner_key)
            else owned.owner_key
        end as account_key,
        coalesce(
            owned.campaign_id, named_campaigns.campaign_id, 'name:' || owned.campaign_name_key
        ) as campaign_key,
        coalesce(owned.adset_id, lower({{ ledgerline.trimmed('owned.adset_name') }}), '') as adset_key,
        coalesce(owned.ad_id, lower({{ ledgerline.trimmed('owned.ad_name') }}), '') as ad_key
    from owned
    left join named_campaigns
        on
            owned.organization_id = named_campaigns.organization_id
            and owned.platform = named_campaigns.platform
            and owned.owner_key = named_campaigns.owner_key
            and owned.campaign_name_key = named_campaigns.campaign_name_key

)

select * from final
