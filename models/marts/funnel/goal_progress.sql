with

goals as (

    select * from {{ ref('stg_settings__funnel_goals') }}

),

days as (

    select * from {{ ref('int_funnel_days_summed') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

organizations as (

    select distinct organization_id
    from days

),

-- Any KPI that adds up may be a goal.
dated as (

    select
        organizations.organization_id,
        goals.goal,
        goals.target,
        goals.starts_on,
        goals.ends_on,
        {{ ledgerline.days_between('goals.starts_on', 'goals.ends_on') }} + 1 as days_total,
        least(
            greatest({{ ledgerline.days_between('goals.starts_on', ledgerline.reporting_as_of_date()) }} + 1, 0),
            {{ ledgerline.days_between('goals.starts_on', 'goals.ends_on') }} + 1
        ) as days_elapsed
    from organizations
    cross join goals

),

summed as (

    select
        dated.organization_id,
        dated.goal,
        dated.target,
        dated.starts_on,
        dated.ends_on,
        dated.days_total,
        dated.days_elapsed,
        sum({{ ledgerline.measure_named('dated.goal', 'days') }}) as actual_of_days
    from dated
    left join days
        on
            dated.organization_id = days.organization_id
            and days.date between dated.starts_on and dated.ends_on
    group by
        dated.organization_id, dated.goal, dated.target, dated.starts_on, dated.ends_on, dated.days_total,
        dated.days_elapsed

),

-- Of a goal that no day has come to yet nothing is reached; what is not known stays so.
counted as (

    select
        summed.*,
        {{ ledgerline.known_or_null(
            ledgerline.is_measure_known('summed.goal'), 'summed.actual_of_days', 'decimal(18, 2)'
        ) }} as actual
    from summed
    inner join delivered
        on summed.organization_id = delivered.organization_id

),

projected as (

    select
        *,
        cast(case when actual is not null then greatest(target - actual, 0) end as decimal(18, 2)) as remaining,
        {{ ledgerline.amount_per('actual', 'days_elapsed') }} as actual_per_day,
        {{ ledgerline.amount_from_cents_ratio(
            ledgerline.to_cents('actual') ~ ' * days_total', 'cast(days_elapsed as ' ~ ledgerline.wide_integer() ~ ')'
        ) }} as projected_total
    from counted

),

final as (

    select
        -- ids
        organization_id,
        goal,

        -- numerics
        cast(target as decimal(18, 2)) as target,
        actual,
        {{ ledgerline.percent_of_counts(ledgerline.to_cents('actual'), ledgerline.to_cents('target')) }}
            as progress_percent,
        remaining,
        starts_on,
        ends_on,
        days_total,
        days_elapsed,
        actual_per_day,
        {{ ledgerline.amount_per('remaining', '(days_total - days_elapsed)') }} as needed_per_day,
        projected_total,

        -- booleans
        projected_total >= target as is_on_track

    from projected

)

select * from final
