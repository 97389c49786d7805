with

segments as (

    select * from {{ ref('int_square__segments_valued') }}

),

revenue as (

    select * from {{ ref('int_square__revenue_shared') }}

),

team_members as (

    select * from {{ ref('stg_square__team_members') }}

),


segment_days as (

    select
        organization_id,
        coalesce(team_member_id, 'UNASSIGNED') as team_member_id,
        booking_date as date,
        count(distinct case when is_visit then booking_id end) as visits,
        sum(case when is_visit then 1 else 0 end) as segments,
        sum(case when is_visit then minutes else 0 end) as minutes,
        count(distinct case when is_no_show then booking_id end) as no_shows,
        count(distinct case when is_visit then customer_number end) as customers
    from segments
    where is_visit or is_no_show
    group by organization_id, coalesce(team_member_id, 'UNASSIGNED'), booking_date

),

revenue_days as (

    select
        organization_id,
        team_member_id,
        payment_date as date,
        sum(revenue_cents) as revenue_cents
    from revenue
    group by organization_id, team_member_id, payment_date

),

days as (

    select
        organization_id,
        team_member_id,
        date
    from segment_days

    union

    select
        organization_id,
        team_member_id,
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
        days.team_member_id,

        -- texts
        -- Either name may be missing, neither is blank.
        coalesce(nullif(concat_ws(' ', team_members.given_name, team_members.family_name), ''), 'Unknown')
            as team_member_name,

        -- numerics
        {{ ledgerline.square_known('segment_days.visits', ['bookings'], 'integer') }} as appointments_count,
        {{ ledgerline.square_known('segment_days.segments', ['bookings'], 'integer') }} as segments_count,
        {{ ledgerline.square_known('segment_days.minutes', ['bookings'], 'integer') }} as booked_minutes,
        {{ ledgerline.square_known('segment_days.no_shows', ['bookings'], 'integer') }} as no_show_count,
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
            and days.team_member_id = segment_days.team_member_id
            and days.date = segment_days.date
    left join revenue_days
        on
            days.organization_id = revenue_days.organization_id
            and days.team_member_id = revenue_days.team_member_id
            and days.date = revenue_days.date
    left join team_members
        on
            days.organization_id = team_members.organization_id
            and days.team_member_id = team_members.team_member_id
    left join delivered on days.organization_id = delivered.organization_id

)

select * from final
