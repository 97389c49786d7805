-- Ids of whom something landed, whose group is another, or of whose times one lies between the last as-of and this one.
-- Nobody where everyone is to be made anew.
with

-- No row, where everyone is touched.
state as (

    select * from {{ ref('int_square__refresh_inputs') }}
    where not is_everyone

),

resolved as (select * from {{ ref('int_square__customers_resolved') }}),

-- Ids of exports may be known at one as-of and not at another.
known as (

    select
        organization_id,
        customer_id
    from resolved

    union

    select
        organization_id,
        customer_id
    from {{ ref('stg_square__export_transactions') }}
    where customer_id is not null

    union

    select
        organization_id,
        customer_id
    from {{ ref('stg_square__export_items') }}
    where customer_id is not null

),

groups_seen as (select * from {{ ref('int_square__customer_groups_seen') }}),

changed_bookings as (

    select
        bookings.organization_id,
        bookings.booking_id,
        bookings.all_customer_ids
    from {{ ref('stg_square__bookings') }} as bookings
    cross join state
    where
        bookings.landed_run > state.last_seen_run
        or {{ ledgerline.square_crossed('bookings.start_at') }}
        or {{ ledgerline.square_crossed('bookings.start_at', 30) }}
        or {{ ledgerline.square_crossed('bookings.start_at', 90) }}
        or {{ ledgerline.square_crossed('bookings.start_at', 365) }}

),

changed_refunds as (

    select
        refunds.organization_id,
        unnest(string_to_array(refunds.all_payment_ids, chr(31))) as payment_id
    from {{ ref('stg_square__refunds') }} as refunds
    cross join state
    where refunds.landed_run > state.last_seen_run or {{ ledgerline.square_crossed('refunds.created_at') }}

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
        payments.landed_run > state.last_seen_run
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
        orders.landed_run > state.last_seen_run
        or {{ ledgerline.square_crossed('coalesce(orders.closed_at, orders.created_at)') }}

    union

    select
        organization_id,
        unnest(string_to_array(all_order_ids, chr(31))) as order_id
    from changed_payments

    union

    -- What landed takes the place of an export's payment of that id, or is a refund of one that only an export knows.
    select
        transactions.organization_id,
        transactions.transaction_id as order_id
    from {{ ref('stg_square__export_transactions') }} as transactions
    inner join (
        select
            organization_id,
            payment_id
        from changed_payments

        union

        select
            organization_id,
            payment_id
        from changed_refunds
    ) as changed
        on transactions.organization_id = changed.organization_id and transactions.payment_id = changed.payment_id

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

-- Rows of exports are few and old; where the clock passes one, it is as much work to make all of its tenant anew.
tenants_of_crossed_exports as (

    select transactions.organization_id
    from {{ ref('stg_square__export_transactions') }} as transactions
    cross join state
    where
        {{ ledgerline.square_crossed('transactions.created_at') }}
        or {{ ledgerline.square_crossed('transactions.created_at', 90) }}
        or {{ ledgerline.square_crossed('transactions.created_at', 365) }}

    union

    select items.organization_id
    from {{ ref('stg_square__export_items') }} as items
    cross join state
    where {{ ledgerline.square_crossed('items.created_at') }}

),

final as (

    select
        known.organization_id,
        known.customer_id
    from known
    inner join tenants_of_crossed_exports as tenants on known.organization_id = tenants.organization_id

    union

    select
        customers.organization_id,
        customers.customer_id
    from {{ ref('stg_square__customers') }} as customers
    cross join state
    where customers.landed_run > state.last_seen_run

    union

    select
        profiles.organization_id,
        profiles.customer_id
    from {{ ref('stg_square__referral_profiles') }} as profiles
    cross join state
    where profiles.landed_run > state.last_seen_run

    union

    select
        organization_id,
        unnest(string_to_array(all_customer_ids, chr(31))) as customer_id
    from changed_bookings

    union

    select
        organization_id,
        unnest(string_to_array(all_customer_ids, chr(31))) as customer_id
    from changed_payments

    union

    select
        orders.organization_id,
        unnest(string_to_array(orders.all_customer_ids, chr(31))) as customer_id
    from {{ ref('stg_square__orders') }} as orders
    inner join changed_orders
        on orders.organization_id = changed_orders.organization_id and orders.order_id = changed_orders.order_id

    union

    select
        payments.organization_id,
        unnest(string_to_array(payments.all_customer_ids, chr(31))) as customer_id
    from {{ ref('stg_square__payments') }} as payments
    inner join changed_orders
        on
            payments.organization_id = changed_orders.organization_id
            and payments.order_id = changed_orders.order_id

    union

    -- An order's payments, and its lines, may be an export's, or have been.
    select
        transactions.organization_id,
        transactions.customer_id
    from {{ ref('stg_square__export_transactions') }} as transactions
    inner join changed_orders
        on
            transactions.organization_id = changed_orders.organization_id
            and transactions.transaction_id = changed_orders.order_id
    where transactions.customer_id is not null

    union

    select
        items.organization_id,
        items.customer_id
    from {{ ref('stg_square__export_items') }} as items
    inner join changed_orders
        on items.organization_id = changed_orders.organization_id and items.transaction_id = changed_orders.order_id
    where items.customer_id is not null

    union

    -- A booking that an order names, or named, is taken by it, whoever ordered.
    select
        bookings.organization_id,
        unnest(string_to_array(bookings.all_customer_ids, chr(31))) as customer_id
    from {{ ref('stg_square__bookings') }} as bookings
    inner join (
        select
            named.organization_id,
            {{ ledgerline.square_booking_id('named.object_id') }} as booking_id
        from (
            select
                orders.organization_id,
                unnest(string_to_array(orders.all_booking_ids, chr(31))) as object_id
            from {{ ref('stg_square__orders') }} as orders
            inner join changed_orders
                on
                    orders.organization_id = changed_orders.organization_id
                    and orders.order_id = changed_orders.order_id
        ) as named
    ) as named_bookings
        on
            bookings.organization_id = named_bookings.organization_id
            and bookings.booking_id = named_bookings.booking_id

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

)

select * from final
