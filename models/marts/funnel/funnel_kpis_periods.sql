with

days as (

    select * from {{ ref('int_funnel_days_summed') }}

),

organizations as (

    select distinct
        organization_id,
        first_date
    from days

),

-- How many days before the as-of day a period starts and ends.
recent as (

    select
        'today' as period,
        0 as first_day,
        0 as last_day
    union all
    select
        'yesterday' as period,
        1 as first_day,
        1 as last_day
    union all
    select
        'last_7_days' as period,
        6 as first_day,
        0 as last_day
    union all
    select
        'last_14_days' as period,
        13 as first_day,
        0 as last_day
    union all
    select
        'last_30_days' as period,
        29 as first_day,
        0 as last_day

),

periods as (

    select
        organization_id,
        'all' as period,
        first_date as starts_on,
        {{ ledgerline.reporting_as_of_date() }} as ends_on
    from organizations

    union all

    select
        organizations.organization_id,
        recent.period,
        cast({{ ledgerline.reporting_as_of_date() }} - recent.first_day as date) as starts_on,
        cast({{ ledgerline.reporting_as_of_date() }} - recent.last_day as date) as ends_on
    from organizations
    cross join recent

),

summed as (

    select
        periods.organization_id,
        periods.period,
        periods.starts_on,
        periods.ends_on,
        {{ ledgerline.summed_funnel_days() }}
    from periods
    left join days
        on
            periods.organization_id = days.organization_id
            and days.date between periods.starts_on and periods.ends_on
    group by periods.organization_id, periods.period, periods.starts_on, periods.ends_on

),

final as (

    select
        organization_id,
        period,
        starts_on,
        ends_on,
        {{ ledgerline.funnel_kpis() }}
    from summed

)

select * from final
