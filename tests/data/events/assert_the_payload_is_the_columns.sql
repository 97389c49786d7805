-- The dashboard's answer and the columns beside it are the same numbers. Returns the event with its payload.
{%- set keys = ['totalSales', 'ticketsSold', 'salesVelocity', 'demographics'] %}
with

answers as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as parts
    from {{ ref('event_overview') }}

),

opened as (

    select
        *,
        {{ ledgerline.json_texts('parts[1]', ['current', 'previous', 'trend']) }} as sales,
        {{ ledgerline.json_texts('parts[2]', ['sold', 'total', 'percentage']) }} as sold,
        {{ ledgerline.json_texts('parts[3]', ['current', 'status']) }} as velocity,
        {{ ledgerline.json_texts('parts[4]', ['gender', 'age']) }} as people
    from answers

),

read as (

    select
        *,
        {{ ledgerline.json_texts('people[1]', ['male', 'female', 'other']) }} as genders
    from opened

)

select
    event_key,
    payload
from read
where
    coalesce(cast(sales[1] as decimal(18, 2)), -0.05) <> coalesce(total_sales_current, -0.05)
    or coalesce(cast(sales[2] as decimal(18, 2)), -1) <> coalesce(total_sales_previous, -1)
    or coalesce(cast(sales[3] as decimal(9, 1)), -0.05) <> coalesce(total_sales_trend, -0.05)
    or coalesce(cast(sold[1] as integer), -1) <> coalesce(tickets_sold, -1)
    or coalesce(cast(sold[2] as integer), -1) <> coalesce(tickets_total, -1)
    or coalesce(cast(sold[3] as decimal(9, 1)), -1) <> coalesce(tickets_percentage, -1)
    or coalesce(cast(velocity[1] as integer), -1) <> coalesce(sales_velocity_current, -1)
    or coalesce(velocity[2], '') <> coalesce(sales_velocity_status, '')
    or coalesce(cast(genders[1] as integer), -1) <> coalesce(gender_male_percent, -1)
    or coalesce(cast(genders[2] as integer), -1) <> coalesce(gender_female_percent, -1)
    or coalesce(cast(genders[3] as integer), -1) <> coalesce(gender_other_percent, -1)
