-- What a row names is its own tenant's: places of customers and days, and staff of days, stand in a booking, payment or
-- list of that tenant. Returns the strangers.
with

named as (

    select
        organization_id,
        preferred_location_id as location_id
    from {{ ref('customer_analytics') }}
    where preferred_location_id is not null

    union

    select
        organization_id,
        location_id
    from {{ ref('analytics_appointments_by_location_daily') }}

    union

    select
        organization_id,
        location_id
    from {{ ref('analytics_revenue_by_location_daily') }}

),

own as (

    select
        organization_id,
        coalesce(location_id, 'UNKNOWN') as location_id
    from {{ ref('stg_square__bookings') }}

    union

    select
        organization_id,
        location_id
    from {{ ref('int_square__payments_measured') }}

)

select
    named.organization_id,
    named.location_id
from named
left join own on named.organization_id = own.organization_id and named.location_id = own.location_id
where own.location_id is null
