-- Every day, the channels' leads, plus sales and revenue sum to the day's, and the campaign types' spend to the platform's.
-- A failure means that a part is dropped, or counted twice. Returns the checks that do not hold.
with

days as (

    select * from {{ ref('funnel_kpis_daily') }}

)

select
    organization_id,
    date,
    check_name,
    expected_amount,
    actual_amount
from {{ ref('kpi_reconciliation') }}
where
    not is_ok
    and check_name in (
        'meta_spend_by_type', 'google_spend_by_type', 'leads_by_channel', 'plus_sales_by_channel', 'revenue_by_channel',
        'renewal_revenue'
    )

union all

select
    organization_id,
    date,
    'columns_of_the_day' as check_name,
    leads + plus_sales as expected_amount,
    paid_leads + organic_leads + other_leads + paid_plus_sales + organic_plus_sales + other_plus_sales as actual_amount
from days
where
    leads <> paid_leads + organic_leads + other_leads
    or plus_sales <> paid_plus_sales + organic_plus_sales + other_plus_sales
