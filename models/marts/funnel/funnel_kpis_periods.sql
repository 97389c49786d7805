with

days as (

    select * from {{ ref('int_funnel_days_summed') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

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

-- A period without a day had none of what is known.
filled as (

    select
        summed.organization_id,
        summed.period,
        summed.starts_on,
        summed.ends_on,
        {{ ledgerline.filled_measures(ledgerline.funnel_counts(), 'bigint', 'summed') }},
        {{ ledgerline.filled_measures(ledgerline.funnel_amounts(), 'decimal(18, 2)', 'summed') }},
        {{ ledgerline.filled_measures(ledgerline.funnel_divisors(), 'bigint', 'summed') }}
    from summed
    inner join delivered
        on summed.organization_id = delivered.organization_id

),

final as (

    select
        organization_id,
        period,
        starts_on,
        ends_on,
        {{ ledgerline.funnel_kpis() }}
    from filled

)

select * from final
