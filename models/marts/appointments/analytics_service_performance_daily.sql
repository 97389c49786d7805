with

segments as (

    select * from {{ ref('int_square__segments_valued') }}

),

revenue as (

    select * from {{ ref('int_square__revenue_shared') }}

),

service_variations as (

    select * from {{ ref('stg_square__service_variations') }}

),


segment_days as (

    select
        organization_id,
        coalesce(service_variation_id, 'UNASSIGNED') as service_variation_id,
        booking_date as date,
        count(distinct booking_id) as visits,
        count(*) as segments,
        sum(minutes) as minutes,
        count(distinct customer_number) as customers
    from segments
    where is_visit
    group by organization_id, coalesce(service_variation_id, 'UNASSIGNED'), booking_date

),

revenue_days as (

    select
        organization_id,
        service_variation_id,
        payment_date as date,
        sum(revenue_cents) as revenue_cents
    from revenue
    group by organization_id, service_variation_id, payment_date

),

days as (

    select
        organization_id,
        service_variation_id,
        date
    from segment_days

    union

    select
        organization_id,
        service_variation_id,
        date
    from revenue_days

),

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        -- ids
        days.organization_id,
        days.service_variation_id,

        -- texts
        coalesce(service_variations.service_name, 'Unknown Service') as service_name,

        -- numerics
        {{ ledgerline.square_known('segment_days.visits', ['bookings'], 'integer') }} as appointments_count,
        {{ ledgerline.square_known('segment_days.segments', ['bookings'], 'integer') }} as segments_count,
        {{ ledgerline.square_known('segment_days.minutes', ['bookings'], 'integer') }} as booked_minutes,
        cast(
            cast(
                {{ ledgerline.rounded_ratio('100 * segment_days.minutes', 'segment_days.segments') }}
                as decimal(18, 0)
            ) * 0.01 as decimal(8, 2
            )
        ) as avg_duration_minutes,
        {{ ledgerline.square_known('segment_days.customers', ['bookings'], 'integer') }} as unique_customers,
        {{ ledgerline.square_known(
            'revenue_days.revenue_cents', ['payments', 'orders'], 'bigint'
        ) }} as revenue_cents,

        -- dates
        days.date

    from days
    left join segment_days
        on
            days.organization_id = segment_days.organization_id
            and days.service_variation_id = segment_days.service_variation_id
            and days.date = segment_days.date
    left join revenue_days
        on
            days.organization_id = revenue_days.organization_id
            and days.service_variation_id = revenue_days.service_variation_id
            and days.date = revenue_days.date
    left join service_variations
        on
            days.organization_id = service_variations.organization_id
            and days.service_variation_id = service_variations.service_variation_id
    left join delivered on days.organization_id = delivered.organization_id

)

select * from final
