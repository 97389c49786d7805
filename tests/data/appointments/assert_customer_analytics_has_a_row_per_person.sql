-- Check 2: the rows are the canonical customers, no more and no fewer. A failure means a lost person, or an alias that
-- counts a person twice. Returns each key that one side lacks.
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
    coalesce(expected.organization_id, customers.organization_id) as organization_id,
    expected.canonical_customer_id,
    customers.square_customer_id
from expected
full outer join {{ ref('customer_analytics') }} as customers
    on
        expected.organization_id = customers.organization_id
        and expected.canonical_customer_id = customers.square_customer_id
where expected.canonical_customer_id is null or customers.square_customer_id is null
