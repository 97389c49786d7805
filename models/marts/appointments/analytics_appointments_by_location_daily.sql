with

bookings as (

    select
        *,
        cast(local_start as date) as booking_date
    from {{ ref('int_square__bookings_placed') }}
    where status in ('ACCEPTED', 'CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER', 'NO_SHOW')

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

-- The day of a person's first booking, as that booking's place counted it; of several at one instant, of the least id.
first_bookings as (

    select
        customer_number,
        min(start_at) as start_at
    from {{ ref('int_square__bookings_placed') }}
    where status = 'ACCEPTED' and customer_number is not null
    group by customer_number

),

first_days as (

    select
        placed.customer_number,
        {{ ledgerline.first_by('cast(placed.local_start as date)', [ledgerline.by_bytes('placed.booking_id')]) }}
            as first_booking_date
    from {{ ref('int_square__bookings_placed') }} as placed
    inner join first_bookings
        on placed.customer_number = first_bookings.customer_number and placed.start_at = first_bookings.start_at
    where placed.status = 'ACCEPTED'
    group by placed.customer_number

),

counted as (

    select
        bookings.organization_id,
        bookings.location_id,
        bookings.booking_date,
        sum(case when bookings.status = 'ACCEPTED' then bookings.staff_slots else 0 end) as accepted_slots,
        sum(case when bookings.status = 'CANCELLED_BY_CUSTOMER' then bookings.staff_slots else 0 end) as customer_slots,
        sum(case when bookings.status = 'CANCELLED_BY_SELLER' then bookings.staff_slots else 0 end) as seller_slots,
        sum(case when bookings.status = 'NO_SHOW' then bookings.staff_slots else 0 end) as no_show_slots,
        sum(
            case
                when bookings.status = 'ACCEPTED' and bookings.start_at > {{ ledgerline.as_of_instant() }}
                    then bookings.staff_slots
                else 0
            end
        ) as upcoming_slots,
        sum(case when bookings.status = 'ACCEPTED' then 1 else 0 end) as accepted_bookings,
        count(distinct case when bookings.status = 'ACCEPTED' then bookings.customer_number end) as customers,
        count(distinct case
            when bookings.status = 'ACCEPTED' and bookings.booking_date = first_days.first_booking_date
                then bookings.customer_number
        end) as new_customers
    from bookings
    left join first_days on bookings.customer_number = first_days.customer_number
    group by bookings.organization_id, bookings.location_id, bookings.booking_date

),

final as (

    select
        -- ids
        counted.organization_id,
        counted.location_id,

        -- texts
        coalesce(locations.location_name, 'Unknown location') as location_name,

        -- numerics
        cast(counted.accepted_slots as integer) as appointments_count,
        cast(counted.accepted_slots as integer) as accepted_appointments,
        cast(counted.customer_slots as integer) as cancelled_by_customer,
        cast(counted.seller_slots as integer) as cancelled_by_seller,
        cast(counted.customer_slots + counted.seller_slots as integer) as cancelled_appointments,
        cast(counted.no_show_slots as integer) as no_show_appointments,
        cast(counted.customers as integer) as unique_customers,
        cast(counted.new_customers as integer) as new_customers,
        cast(counted.accepted_bookings as integer) as bookings_count,
        cast(counted.upcoming_slots as integer) as upcoming_appointments,

        -- dates
        counted.booking_date as date

    from counted
    left join locations
        on counted.organization_id = locations.organization_id and counted.location_id = locations.location_id

)

select * from final
