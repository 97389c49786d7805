-- Whose row of customer_analytics must be made anew: everyone, where what all rest on is another or nothing is known of
-- the last build; else those of whom something landed, whose group is another, of whose times one lies between the
-- last as-of and this one, and those whose referrals did. A key that is nobody's any more is here too.
{%- set mart = load_relation(api.Relation.create(
    database=target.database, schema='appointments', identifier='customer_analytics'
)) if execute else none -%}
{%- set visited = load_relation(api.Relation.create(
    database=target.database, schema='intermediate', identifier='int_square__customers_visited'
)) if execute else none %}

with

inputs as (

    select * from {{ ref('int_square__refresh_inputs') }}

),

-- No row, where everyone is touched.
state as (

    select
        refresh_state.seen_run,
        least(refresh_state.built_as_of, inputs.built_as_of) as earlier_as_of,
        greatest(refresh_state.built_as_of, inputs.built_as_of) as later_as_of
    from {{ ref('int_square__refresh_state') }} as refresh_state
    inner join inputs on refresh_state.digest = inputs.digest
    where {{ 'true' if mart and visited and not flags.FULL_REFRESH else 'false' }}

),

resolved as (

    select * from {{ ref('int_square__customers_resolved') }}

),

groups_seen as (

    select * from {{ ref('int_square__customer_groups_seen') }}

),

referrals as (

    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_attributed') }}

),

referrals_seen as (

    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_seen') }}

),

changed_bookings as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.all_customer_ids
    from {{ ref('stg_square__bookings') }} as bookings
    cross join state
    where
        bookings.landed_run > state.seen_run
        or {{ ledgerline.square_crossed('bookings.start_at') }}
        or {{ ledgerline.square_crossed('bookings.start_at', 30) }}
        or {{ ledgerline.square_crossed('bookings.start_at', 90) }}
        or {{ ledgerline.square_crossed('bookings.start_at', 365) }}

),

changed_refunds as (

    select
        refunds.organization_id,
        unnest(string_to_array(refunds.all_payment_ids, ',')) as payment_id
    from {{ ref('stg_square__refunds') }} as refunds
    cross join state
    where refunds.landed_run > state.seen_run or {{ ledgerline.square_crossed('refunds.created_at') }}

),

changed_payments as (

    select
        payments.organization_id,
        payments.payment_id,
        payments.all_customer_ids,
        payments.all_order_ids
    from {{ ref('stg_square__payments') }} as payments
    cross join state
    where
        payments.landed_run > state.seen_run
        or {{ ledgerline.square_crossed('payments.created_at') }}
        or {{ ledgerline.square_crossed('payments.created_at', 90) }}
        or {{ ledgerline.square_crossed('payments.created_at', 365) }}
        or (payments.organization_id, payments.payment_id) in (
            select
                organization_id,
                payment_id
            from changed_refunds
        )

),

changed_orders as (

    select
        orders.organization_id,
        orders.order_id
    from {{ ref('stg_square__orders') }} as orders
    cross join state
    where
        orders.landed_run > state.seen_run
        or {{ ledgerline.square_crossed('coalesce(orders.closed_at, orders.created_at)') }}

    union

    select
        organization_id,
        unnest(string_to_array(all_order_ids, ',')) as order_id
    from changed_payments

    union

    -- An order may name the booking that changed.
    select
        orders.organization_id,
        orders.order_id
    from {{ ref('stg_square__orders') }} as orders
    inner join changed_bookings
        on
            orders.organization_id = changed_bookings.organization_id
            and changed_bookings.booking_id in (
                {{ ledgerline.square_booking_id('orders.reference_id') }},
                {{ ledgerline.square_booking_id('orders.metadata_booking_id') }}
            )

),

touched_members as (

    select
        customers.organization_id,
        customers.customer_id
    from {{ ref('stg_square__customers') }} as customers
    cross join state
    where customers.landed_run > state.seen_run

    union

    select
        profiles.organization_id,
        profiles.customer_id
    from {{ ref('stg_square__referral_profiles') }} as profiles
    cross join state
    where profiles.landed_run > state.seen_run

    union

    select
        organization_id,
        unnest(string_to_array(all_customer_ids, ',')) as customer_id
    from changed_bookings

    union

    select
        organization_id,
        unnest(string_to_array(all_customer_ids, ',')) as customer_id
    from changed_payments

    union

    select
        orders.organization_id,
        unnest(string_to_array(orders.all_customer_ids, ',')) as customer_id
    from {{ ref('stg_square__orders') }} as orders
    inner join changed_orders
        on orders.organization_id = changed_orders.organization_id and orders.order_id = changed_orders.order_id

    union

    select
        payments.organization_id,
        unnest(string_to_array(payments.all_customer_ids, ',')) as customer_id
    from {{ ref('stg_square__payments') }} as payments
    inner join changed_orders
        on
            payments.organization_id = changed_orders.organization_id
            and payments.order_id = changed_orders.order_id

    union

    -- A group that gained, lost or changed its canonical id.
    select
        coalesce(resolved.organization_id, groups_seen.organization_id) as organization_id,
        coalesce(resolved.customer_id, groups_seen.customer_id) as customer_id
    from (
        select * from resolved
        where group_size > 1
    ) as resolved
    full outer join groups_seen
        on resolved.organization_id = groups_seen.organization_id and resolved.customer_id = groups_seen.customer_id
    where
        resolved.canonical_customer_id is distinct from groups_seen.canonical_customer_id
        or resolved.group_size is distinct from groups_seen.group_size

),

changed_referrals as (

    select
        organization_id,
        canonical_customer_id,
        referral_source
    from (
        select * from referrals
        except
        select * from referrals_seen
    ) as gained

    union

    select
        organization_id,
        canonical_customer_id,
        referral_source
    from (
        select * from referrals_seen
        except
        select * from referrals
    ) as lost

),

touched_keys as (

    select
        touched_members.organization_id,
        coalesce(resolved.canonical_customer_id, touched_members.customer_id) as canonical_customer_id
    from touched_members
    left join resolved
        on
            touched_members.organization_id = resolved.organization_id
            and touched_members.customer_id = resolved.customer_id

    union

    -- The key that an id had, or was, before.
    select
        touched_members.organization_id,
        coalesce(groups_seen.canonical_customer_id, touched_members.customer_id) as canonical_customer_id
    from touched_members
    left join groups_seen
        on
            touched_members.organization_id = groups_seen.organization_id
            and touched_members.customer_id = groups_seen.customer_id

    union

    select
        organization_id,
        canonical_customer_id
    from changed_referrals

),

-- What referred people bring is counted with whose code they used, now or before.
codes_used as (

    select
        touched_keys.organization_id,
        lower(referrals.referral_source) as code
    from touched_keys
    inner join referrals
        on
            touched_keys.organization_id = referrals.organization_id
            and touched_keys.canonical_customer_id = referrals.canonical_customer_id

    union

    select
        organization_id,
        lower(referral_source) as code
    from changed_referrals

),

keys_with_referrers as (

    select
        organization_id,
        canonical_customer_id
    from touched_keys

    union

    select
        codes.organization_id,
        codes.canonical_customer_id
    from {{ ref('int_square__referral_codes_listed') }} as codes
    inner join codes_used
        on codes.organization_id = codes_used.organization_id and codes.code = codes_used.code

),

final as (

    select distinct
        organization_id,
        canonical_customer_id,
        true as is_everyone
    from resolved
    where not exists (select 1 from state)

    union all

    select
        organization_id,
        canonical_customer_id,
        false as is_everyone
    from keys_with_referrers
    where exists (select 1 from state)

)

select * from final
