-- One row per ad and day, with what its campaign is for: the first pattern of `funnel_campaign_types` in its name.
with

ads as (

    select * from {{ ref('int_ads_daily_deduped') }}

),

typed_names as (

    {{ ledgerline.typed_campaigns('ads', 'campaign_name') }}

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
