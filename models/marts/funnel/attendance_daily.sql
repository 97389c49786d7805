with

challenges as (

    select * from {{ ref('stg_settings__funnel_challenges') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

counts as (

    select * from {{ ref('int_attendance_counted') }}

),

signals as (

    select * from {{ ref('int_contact_signals_found') }}
    where rule = 'attended' and is_analytics

),

purchases as (

    select * from {{ ref('int_contact_purchases_summed') }}
    where first_plus_at is not null

),

organizations as (

    select organization_id from counts
    union
    select organization_id from signals

),

numbered_days as (

    select
        organizations.organization_id,
        challenges.challenge,
        challenges.starts_on,
        {{ ledgerline.numbers_to('challenges.days') }} as day_number
    from organizations
    cross join challenges

),

days as (

    select
        organization_id,
        challenge,
        cast(day_number as bigint) as day_number,
        cast(starts_on + (cast(day_number as integer) - 1) as date) as date
    from numbered_days

),

attended as (

    select
        signals.organization_id,
        signals.number as day_number,
        count(*) as attendees,
        count(purchases.contact_id) as plus_attendees
    from signals
    left join purchases
        on signals.organization_id = purchases.organization_id and signals.contact_id = purchases.contact_id
    group by signals.organization_id, signals.number

),

joined as (

    select
        days.organization_id,
        days.challenge,
        days.day_number,
        days.date,
        {{ ledgerline.known_or_null('delivered.has_events', 'attended.attendees') }} as attendees,
        {{ ledgerline.known_or_null('delivered.has_events and delivered.has_roles', 'attended.plus_attendees') }}
            as plus_attendees,
        cast(youtube.participant_count as bigint) as youtube_participants,
        cast(zoom.participant_count as bigint) as zoom_participants,
        max(case when days.day_number = 1 then coalesce(attended.attendees, 0) end) over (
            partition by days.organization_id, days.challenge
        ) as first_day_attendees
    from days
    inner join delivered
        on days.organization_id = delivered.organization_id
    left join attended
        on days.organization_id = attended.organization_id and days.day_number = attended.day_number
    left join counts as youtube
        on
            days.organization_id = youtube.organization_id
            and days.date = youtube.date
            and youtube.platform = 'YouTube'
    left join counts as zoom
        on
            days.organization_id = zoom.organization_id
            and days.date = zoom.date
            and zoom.platform = 'Zoom'

),

final as (

    select
        organization_id,
        challenge,
        day_number,
        date,
        attendees,
        plus_attendees,
        youtube_participants,
        zoom_participants,
        {{ ledgerline.percent_of_counts('attendees', 'first_day_attendees') }} as retention_percent
    from joined
    where date <= {{ ledgerline.reporting_as_of_date() }}

)

select * from final
