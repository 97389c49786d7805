with

visited as (

    select
        visited.organization_id,
        people.customer_number,
        {{ ledgerline.first_of_month('visited.first_visit_date') }} as cohort_month
    from {{ ref('int_square__customer_facts') }} as visited
    inner join {{ ref('int_square__customers_resolved') }} as people
        on
            visited.organization_id = people.organization_id
            and visited.canonical_customer_id = people.customer_id
    where visited.first_visit_at is not null

),

bookings as (

    select distinct
        customer_number,
        {{ ledgerline.first_of_month('cast(local_start as date)') }} as month
    from {{ ref('int_square__bookings_placed') }}
    where is_visit

),

payments as (

    select
        customer_number,
        {{ ledgerline.first_of_month('payment_date') }} as month,
        sum(revenue_cents) as revenue_cents
    from {{ ref('int_square__payments_measured') }}
    where is_own_currency
    group by customer_number, {{ ledgerline.first_of_month('payment_date') }}

),

cohorts as (

    select
        organization_id,
        cohort_month,
        count(*) as customers,
        -- A cohort that begins after midnight elsewhere has its month 0 all the same.
        greatest(0, {{ ledgerline.months_between('cohort_month', ledgerline.reporting_as_of_date()) }}) as last_number
    from visited
    group by organization_id, cohort_month

),

numbered as (

    select
        cohorts.*,
        {{ ledgerline.numbers_from_0_to('cohorts.last_number') }} as month_number
    from cohorts

),

active as (

    select
        visited.organization_id,
        visited.cohort_month,
        {{ ledgerline.months_between('visited.cohort_month', 'bookings.month') }} as month_number,
        count(*) as customers
    from visited
    inner join bookings on visited.customer_number = bookings.customer_number
    group by
        visited.organization_id,
        visited.cohort_month,
        {{ ledgerline.months_between('visited.cohort_month', 'bookings.month') }}

),

revenue as (

    select
        visited.organization_id,
        visited.cohort_month,
        {{ ledgerline.months_between('visited.cohort_month', 'payments.month') }} as month_number,
        sum(payments.revenue_cents) as revenue_cents
    from visited
    inner join payments on visited.customer_number = payments.customer_number
    group by
        visited.organization_id,
        visited.cohort_month,
        {{ ledgerline.months_between('visited.cohort_month', 'payments.month') }}

),

completed as (

    select
        *,
        {{ ledgerline.add_months('cohort_month', 'month_number + 1') }} <= {{ ledgerline.reporting_as_of_date() }}
            as is_complete
    from numbered

),

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        -- ids
        completed.organization_id,
        cast(completed.month_number as integer) as month_number,

        -- numerics
        cast(completed.customers as integer) as cohort_customers,
        cast(coalesce(active.customers, 0) as integer) as active_customers,
        {{ ledgerline.square_known(
            'revenue.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as revenue_cents,
        case
            when completed.is_complete
                then {{ ledgerline.share_of('coalesce(active.customers, 0)', 'completed.customers') }}
        end as retention_rate,

        -- booleans
        completed.is_complete,

        -- dates
        completed.cohort_month

    from completed
    left join active
        on
            completed.organization_id = active.organization_id
            and completed.cohort_month = active.cohort_month
            and completed.month_number = active.month_number
    left join revenue
        on
            completed.organization_id = revenue.organization_id
            and completed.cohort_month = revenue.cohort_month
            and completed.month_number = revenue.month_number
    left join delivered on completed.organization_id = delivered.organization_id

)

select * from final
