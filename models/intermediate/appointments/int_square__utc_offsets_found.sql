-- How far each place's zone is from UTC on each day on which something begins, is booked or is paid; NULL on a day on
-- which that changes. A table, so that an engine knows how small it is.
with

zones as (

    select * from {{ ref('int_square__zones_found') }}

),

days as (

    select distinct cast({{ ledgerline.utc_time('start_at') }} as date) as utc_day
    from {{ ref('stg_square__bookings') }}

    union

    select distinct cast({{ ledgerline.utc_time('created_at') }} as date) as utc_day
    from {{ ref('stg_square__bookings') }}

    union

    select distinct cast({{ ledgerline.utc_time('created_at') }} as date) as utc_day
    from {{ ref('int_square__payments_unioned') }}

),

final as (

    select
        zones.time_zone,
        days.utc_day,
        {{ ledgerline.utc_offset_of_day('zones.time_zone', 'days.utc_day') }} as utc_offset
    from zones
    cross join days
    where days.utc_day is not null

)

select * from final
