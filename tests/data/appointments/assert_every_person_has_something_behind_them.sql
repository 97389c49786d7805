-- Check 3: a row has a profile or activity behind it, of any id of its group. Returns ghosts.
with

activity as (

    select
        organization_id,
        customer_id
    from {{ ref('stg_square__bookings') }}
    where not is_deleted

    union

    select
        organization_id,
        member_customer_id as customer_id
    from {{ ref('int_square__orders_settled') }}

    union

    select
        organization_id,
        member_customer_id as customer_id
    from {{ ref('int_square__payments_measured') }}
    where is_own_currency

    union

    select
        organization_id,
        customer_id
    from {{ ref('int_square__customers_unioned') }}
    where is_live

),

expected as (

    select distinct
        activity.organization_id,
        resolved.canonical_customer_id
    from activity
    inner join {{ ref('int_square__customers_resolved') }} as resolved
        on activity.organization_id = resolved.organization_id and activity.customer_id = resolved.customer_id

)

select
    customers.organization_id,
    customers.square_customer_id
from {{ ref('customer_analytics') }} as customers
left join expected
    on
        customers.organization_id = expected.organization_id
        and customers.square_customer_id = expected.canonical_customer_id
left join activity
    on
        customers.organization_id = activity.organization_id
        and customers.square_customer_id = activity.customer_id
where expected.canonical_customer_id is null and activity.customer_id is null
