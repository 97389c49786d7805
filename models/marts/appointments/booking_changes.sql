with

versions as (

    select * from {{ ref('stg_square__booking_versions') }}
    where not is_tombstone

),

bookings as (

    select * from {{ ref('stg_square__bookings') }}
    where not is_deleted

),

-- Most bookings have one version, and never changed.
changeable as (

    select
        organization_id,
        booking_id
    from {{ ref('stg_square__booking_versions') }}
    where not is_tombstone
    group by organization_id, booking_id
    having count(*) > 1

),

-- A legacy copy repeats a version of the plain id.
ranked as (

    select
        versions.*,
        dense_rank() over (
            partition by versions.organization_id, versions.booking_id, versions.object_version
            order by case when versions.object_id = versions.booking_id then 0 else 1 end
        ) as copy_rank
    from versions
    inner join changeable
        on versions.organization_id = changeable.organization_id and versions.booking_id = changeable.booking_id
    inner join bookings
        on versions.organization_id = bookings.organization_id and versions.booking_id = bookings.booking_id

),

compared as (

    select
        *,
        row_number() over booking_versions as version_number,
        lag(object_version) over booking_versions as old_version,
        lag(start_at) over booking_versions as old_start_at,
        lag(status) over booking_versions as old_status,
        lag(location_id) over booking_versions as old_location_id,
        lag(staff_ids) over booking_versions as old_staff_ids
    from ranked
    where copy_rank = 1
    window booking_versions as (
        partition by organization_id, booking_id
        order by object_version, updated_at nulls first, content_hash
    )

),

changed as (

    select
        *,
        start_at <> old_start_at as is_reschedule,
        status <> old_status
        and status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER')
        and old_status not in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') as is_cancellation
    from compared
    where
        version_number > 1
        and (
            start_at <> old_start_at
            or status <> old_status
            or location_id is distinct from old_location_id
            or staff_ids is distinct from old_staff_ids
        )

),

final as (

    select
        -- ids
        organization_id,
        booking_id,
        cast(row_number() over (
            partition by organization_id, booking_id order by version_number
        ) as integer) as change_no,

        -- texts
        old_status,
        status as new_status,

        -- numerics
        old_version as from_version,
        object_version as to_version,
        cast(cast({{ ledgerline.rounded_ratio(
            '100 * cast(' ~ ledgerline.microseconds_between('updated_at', 'old_start_at') ~ ' as '
            ~ ledgerline.wide_integer() ~ ')',
            '3600000000'
        ) }} as decimal(18, 0)) * 0.01 as decimal(10, 2)) as notice_hours,

        -- booleans
        is_reschedule,
        is_cancellation,

        -- timestamps
        updated_at as changed_at,
        old_start_at,
        start_at as new_start_at

    from changed

)

select * from final
