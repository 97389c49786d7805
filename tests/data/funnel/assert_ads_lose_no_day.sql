-- Every tenant, platform and day that an ads report speaks of, up to the as-of's, is in `ad_performance`. A failure means
-- that a rule for the winner dropped a day. Returns the day that is missing.
with

reported as (

    select distinct
        organization_id,
        platform,
        date
    from {{ ref('stg_ads__meta_ads') }}

    union

    select distinct
        organization_id,
        platform,
        date
    from {{ ref('stg_ads__google_ads') }}

),

kept as (

    select distinct
        organization_id,
        platform,
        date
    from {{ ref('ad_performance') }}

)

select reported.*
from reported
left join kept
    on
        reported.organization_id = kept.organization_id
        and reported.platform = kept.platform
        and reported.date = kept.date
where
    kept.date is null
    and reported.date <= {{ ledgerline.reporting_as_of_date() }}
