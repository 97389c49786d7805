-- Every day of an organization, from its first lead, counted order, renewal or ad to the as-of's.
with

first_days as (

    select
        organization_id,
        min(lead_date) as first_date
    from {{ ref('int_leads_classified') }}
    group by organization_id
    union all
    select
        organization_id,
        min(purchase_date) as first_date
    from {{ ref('int_orders_settled') }}
    where is_counted
    group by organization_id
    union all
    -- What was given back was sold before.
    select
        organization_id,
        min(changed_date) as first_date
    from {{ ref('int_order_changes_found') }}
    where is_counted or is_paid_back
    group by organization_id
    union all
    select
        organization_id,
        min(local_date) as first_date
    from {{ ref('int_renewals_found') }}
    group by organization_id
    union all
    select
        organization_id,
        min(date) as first_date
    from {{ ref('int_ads_daily_deduped') }}
    group by organization_id

),

organizations as (

    select
        organization_id,
        min(first_date) as first_date
    from first_days
    group by organization_id

),

days as (

    select
        organization_id,
        first_date,
        {{ ledgerline.dates_from_to('first_date', ledgerline.reporting_as_of_date()) }} as day
    from organizations

),

final as (

    select
        organization_id,
        first_date,
        cast(day as date) as date
    from days

)

select * from final
