-- One row per ad and day, with what its campaign is for: the first pattern of `funnel_campaign_types` in its name.
with

ads as (

    select * from {{ ref('int_ads_daily_deduped') }}

),

campaign_types as (

    select * from {{ ref('funnel_campaign_types') }}

),

names as (

    select distinct campaign_name
    from ads

),

typed_names as (

    select
        names.campaign_name,
        campaign_types.campaign_type,
        row_number() over (partition by names.campaign_name order by campaign_types.priority) as type_rank
    from names
    inner join campaign_types
        on {{ ledgerline.matches('lower(names.campaign_name)', 'campaign_types.pattern') }}

),

final as (

    select
        ads.*,
        coalesce(ads.currency, '{{ var('funnel_currency') }}') as spend_currency,
        coalesce(typed_names.campaign_type, 'other') as campaign_type
    from ads
    left join typed_names
        on
            ads.campaign_name = typed_names.campaign_name
            and typed_names.type_rank = 1

)

select * from final
