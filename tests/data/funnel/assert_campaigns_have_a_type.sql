{{ config(severity='warn') }}

-- A warning, since their spend is kept, as `other`: campaigns that no pattern of `funnel_campaign_types` finds. Returns
-- each with what was spent on it.
select
    organization_id,
    platform,
    campaign_name,
    currency,
    sum(spend) as spend
from {{ ref('ad_performance') }}
where campaign_type = 'other'
group by organization_id, platform, campaign_name, currency
