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

periods as (

    select
        organization_id,
        'all' as period,
        first_date as starts_on,
        {{ ledgerline.reporting_as_of_date() }} as ends_on
    from organizations
    {% for period, first_day, last_day in [
        ('today', 0, 0), ('yesterday', 1, 1), ('last_7_days', 6, 0), ('last_14_days', 13, 0), ('last_30_days', 29, 0)
    ] -%}
        union all
        select
            organization_id,
            '{{ period }}' as period,
            cast({{ ledgerline.reporting_as_of_date() }} - {{ first_day }} as date) as starts_on,
            cast({{ ledgerline.reporting_as_of_date() }} - {{ last_day }} as date) as ends_on
        from organizations
    {% endfor %}

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
