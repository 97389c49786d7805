with

revenue as (

    select * from {{ ref('analytics_revenue_by_location_daily') }}

),

payments as (

    select * from {{ ref('int_square__payments_measured') }}
    where is_own_currency

),

visits as (

    select
        *,
        cast(local_start as date) as visit_date
    from {{ ref('int_square__bookings_placed') }}
    where is_visit

),

customers as (

    select * from {{ ref('int_square__customer_facts') }}
    where first_visit_at is not null

),

-- Who came by a code that is not their own.
referred as (

    select people.customer_number
    from {{ ref('int_square__referrals_attributed') }} as referrals
    inner join {{ ref('int_square__customers_resolved') }} as people
        on
            referrals.organization_id = people.organization_id
            and referrals.canonical_customer_id = people.customer_id
    where referrals.referral_source is not null and not referrals.is_self_referred

),

organizations as (

    select * from {{ ref('int_square__organizations_priced') }}

),

revenue_days as (

    select
        organization_id,
        date,
        sum(revenue_cents) as revenue_cents,
        sum(payment_count) as payment_count,
        sum(tips_cents) as tips_cents
    from revenue
    group by organization_id, date

),

visit_days as (

    select
        organization_id,
        visit_date as date,
        count(*) as visits,
        count(distinct customer_number) as customers
    from visits
    group by organization_id, visit_date

),

referral_days as (

    select
        payments.organization_id,
        payments.payment_date as date,
        sum(payments.revenue_cents) as revenue_cents
    from payments
    inner join referred on payments.customer_number = referred.customer_number
    group by payments.organization_id, payments.payment_date

),

new_days as (

    select
        organization_id,
        first_visit_date as date,
        count(*) as new_customers
    from customers
    group by organization_id, first_visit_date

),

-- A person joins those with a visit on their first visit day, and those who came back on their second.
joined_days as (

    select
        organization_id,
        first_visit_day as date,
        count(*) as customers
    from customers
    group by organization_id, first_visit_day

),

returned_days as (

    select
        organization_id,
        second_visit_day as date,
        count(*) as customers
    from customers
    where second_visit_day is not null
    group by organization_id, second_visit_day

),

days as (

    select
        organization_id,
        date
    from revenue_days

    union

    select
        organization_id,
        date
    from visit_days

),

running as (

    select
        days.organization_id,
        days.date,
        sum(coalesce(joined_days.customers, 0)) over running_days as customers_so_far,
        sum(coalesce(returned_days.customers, 0)) over running_days as returned_so_far
    from days
    left join joined_days on days.organization_id = joined_days.organization_id and days.date = joined_days.date
    left join returned_days
        on days.organization_id = returned_days.organization_id and days.date = returned_days.date
    window running_days as (
        partition by days.organization_id order by days.date rows between unbounded preceding and current row
    )

),

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        -- ids
        running.organization_id,

        -- numerics
        {{ ledgerline.square_known(
            'revenue_days.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as total_revenue_cents,
        {{ ledgerline.dollars_of(
            ledgerline.square_known('revenue_days.revenue_cents', ['payments', 'orders'], 'bigint'),
            'organizations.minor_unit_exponent'
        ) }} as total_revenue_dollars,
        {{ ledgerline.square_known('revenue_days.payment_count', ['payments'], 'integer') }} as payment_count,
        {{ ledgerline.square_known('revenue_days.tips_cents', ['payments', 'orders'], 'bigint') }} as tips_cents,
        {{ ledgerline.square_known('visit_days.visits', ['bookings'], 'integer') }} as appointments_count,
        {{ ledgerline.square_known('visit_days.customers', ['bookings'], 'integer') }} as unique_customers,
        {{ ledgerline.square_known('new_days.new_customers', ['bookings'], 'integer') }} as new_customers_count,
        {{ ledgerline.dollars_per(
            'revenue_days.revenue_cents', 'revenue_days.payment_count', 'organizations.minor_unit_exponent'
        ) }} as avg_ticket_dollars,
        {{ ledgerline.square_known(
            'referral_days.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as referral_revenue_cents,
        {{ ledgerline.dollars_of(
            ledgerline.square_known('referral_days.revenue_cents', ['payments', 'orders'], 'bigint'),
            'organizations.minor_unit_exponent'
        ) }} as referral_revenue_dollars,
        {{ ledgerline.square_known(
            'running.customers_so_far', ['bookings'], 'integer'
        ) }} as total_customers_with_bookings,
        {{ ledgerline.share_of('running.returned_so_far', 'running.customers_so_far') }} as rebooking_rate,

        -- dates
        running.date

    from running
    left join revenue_days
        on running.organization_id = revenue_days.organization_id and running.date = revenue_days.date
    left join visit_days on running.organization_id = visit_days.organization_id and running.date = visit_days.date
    left join new_days on running.organization_id = new_days.organization_id and running.date = new_days.date
    left join referral_days
        on running.organization_id = referral_days.organization_id and running.date = referral_days.date
    left join organizations on running.organization_id = organizations.organization_id
    left join delivered on running.organization_id = delivered.organization_id

)

select * from final
