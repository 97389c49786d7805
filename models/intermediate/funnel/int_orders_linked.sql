-- What follows for each order from everything else: its channel, its person, what was given back, which products it
-- has; and a number that changes with any of it.
with

orders as (

    select * from {{ ref('int_orders_deduped') }}

),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

contacts as (

    select * from {{ ref('int_contacts_described') }}

),

hosts as (

    select * from {{ ref('stg_settings__funnel_hosts') }}

),

high_ticket as (

    select * from {{ ref('stg_settings__funnel_high_ticket') }}

),

order_items as (

    select
        order_id,
        max(case when product_role = 'plus' then 1 else 0 end) = 1 as has_plus,
        max(case when product_role = 'trial' then 1 else 0 end) = 1 as has_trial,
        cast(sum(case when product_role = 'extra_journal' then coalesce(quantity, 1) else 0 end) as bigint)
            as extra_journals,
        cast(sum(case when product_role = 'shipping' then coalesce(quantity, 1) else 0 end) as bigint)
            as extra_shipping
    from {{ ref('int_order_items_valued') }}
    group by order_id

),

refunds as (

    select
        order_id,
        {{ ledgerline.complete_sum('amount', 'decimal(18, 2)') }} as refunded_amount
    from {{ ref('int_refunds_found') }}
    group by order_id

),

payments as (

    select
        order_id,
        was_paid
    from {{ ref('int_order_changes_found') }}
    where is_current

),

joined as (

    select
        orders.order_fingerprint,
        orders.organization_id,
        orders.order_id,
        orders.order_total,
        orders.is_test,
        orders.is_deleted,
        identities.contact_id,
        coalesce(hosts.channel, 'other') as channel,
        coalesce(refunds.refunded_amount, case when refunds.order_id is null then 0.00 end) as refunded_amount,
        coalesce(payments.was_paid, false) as was_paid,
        orders.is_counted and coalesce(orders.order_total >= high_ticket.min_amount, false) as is_high_ticket,
        coalesce(order_items.has_plus, false) as has_plus,
        coalesce(order_items.has_trial, false) as has_trial,
        coalesce(order_items.extra_journals, 0) as extra_journals,
        coalesce(order_items.extra_shipping, 0) as extra_shipping,
        -- The order's own visit, else what its buyer came by.
        case
            when orders.order_source = 'Spiffy' then orders.own_touch
            else coalesce(orders.own_touch, contacts.last_touch, contacts.attribute_touch)
        end as touch
    from orders
    left join identities
        on orders.identity_number = identities.identity_number
    left join contacts
        on identities.contact_id = contacts.contact_id
    left join hosts
        on orders.host = {{ ledgerline.url_host('hosts.host') }}
    left join high_ticket
        on orders.currency = upper({{ ledgerline.trimmed('high_ticket.currency') }})
    left join order_items
        on orders.order_id = order_items.order_id
    left join refunds
        on orders.order_id = refunds.order_id
    left join payments
        on orders.order_id = payments.order_id

),

netted as (

    select
        order_fingerprint,
        organization_id,
        order_id,
        contact_id,
        channel,
        is_high_ticket,
        refunded_amount,
        cast(
            case when is_test or is_deleted or not was_paid then 0 else order_total - refunded_amount end
            as decimal(18, 2)
        ) as net_amount,
        has_plus,
        has_trial,
        extra_journals,
        extra_shipping,
        touch
    from joined

),

final as (

    select
        *,
        {{ ledgerline.change_number(
            'order_fingerprint', 'contact_id', 'channel', 'refunded_amount', 'net_amount', 'is_high_ticket',
            'has_plus', 'has_trial', 'extra_journals', 'extra_shipping', 'touch'
        ) }} as settled_fingerprint
    from netted

)

select * from final
