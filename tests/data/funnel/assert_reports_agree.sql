-- The old report, the period `all` and the campaigns say the same as the days and the ads they are made from. Returns what
-- differs, by name.
with

days as (

    select * from {{ ref('funnel_kpis_daily') }}

),

compat as (

    select * from {{ ref('daily_kpis') }}

),

summed_days as (

    select
        organization_id,
        sum(leads) as leads,
        sum(orders) as orders,
        sum(plus_sales) as plus_sales,
        sum(revenue_amount) as revenue_amount,
        sum(spend_amount) as spend_amount,
        sum(net_sales_amount) as net_sales_amount
    from days
    group by organization_id

),

ads as (

    select
        organization_id,
        sum(spend) as spend,
        sum(impressions) as impressions
    from {{ ref('ad_performance') }}
    group by organization_id

),

campaigns as (

    select
        organization_id,
        sum(spend) as spend,
        sum(impressions) as impressions
    from {{ ref('campaign_performance_daily') }}
    group by organization_id

)

select
    coalesce(days.organization_id, compat.organization_id) as organization_id,
    'daily_kpis' as report
from days
full outer join compat
    on days.organization_id = compat.organization_id and days.date = compat.date
where
    days.date is null
    or compat.date is null
    or compat.total_leads is distinct from days.leads
    or compat.total_vip_sales is distinct from days.plus_sales
    or compat.total_spend_meta is distinct from days.meta_spend_amount
    or compat.total_spend_google is distinct from days.google_spend_amount
    or compat.cpl is distinct from
    case when days.spend_amount is not null and days.leads is not null then coalesce(days.true_cpl_amount, 0) end
    or compat.cpp is distinct from
    case when days.spend_amount is not null and days.plus_sales is not null then coalesce(days.true_cpp_amount, 0) end
    or (compat.roas is null) <> (days.revenue_amount is null or days.spend_amount is null)
    or abs(compat.roas - coalesce(days.roas, 0)) > 0.005
    or (compat.vip_take_rate is null) <> (days.plus_sales is null or days.leads is null)
    or abs(compat.vip_take_rate - coalesce(days.conversion_percent, 0)) > 0.005

union all

select
    periods.organization_id,
    'funnel_kpis_periods' as report
from {{ ref('funnel_kpis_periods') }} as periods
inner join summed_days
    on periods.organization_id = summed_days.organization_id
where
    periods.period = 'all'
    and (
        periods.leads is distinct from summed_days.leads
        or periods.orders is distinct from summed_days.orders
        or periods.plus_sales is distinct from summed_days.plus_sales
        or periods.revenue_amount is distinct from summed_days.revenue_amount
        or periods.spend_amount is distinct from summed_days.spend_amount
        or periods.net_sales_amount is distinct from summed_days.net_sales_amount
    )

union all

select
    ads.organization_id,
    'campaign_performance_daily' as report
from ads
left join campaigns
    on ads.organization_id = campaigns.organization_id
where
    campaigns.organization_id is null
    or ads.spend <> campaigns.spend
    or coalesce(ads.impressions, -1) <> coalesce(campaigns.impressions, -1)
