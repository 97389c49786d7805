-- What subscribers paid again: paid invoices of renewals. The first invoice of a subscription, and that of an order
-- paid once, stand in their order. Of test and deleted orders nothing counts.
with

invoices as (

    select * from {{ ref('int_invoices_merged') }}
    where
        invoice_type in {{ ledgerline.words_of('funnel_renewal_invoice_types') }}
        and invoice_status in {{ ledgerline.words_of('funnel_paid_invoice_statuses') }}
        and not coalesce(is_test, false)

),

orders as (

    select * from {{ ref('int_orders_settled') }}
    where order_source = 'ClickFunnels'

),

final as (

    select
        invoices.organization_id,
        invoices.invoice_id,
        orders.order_id,
        orders.contact_id,
        invoices.paid_at,
        {{ ledgerline.local_date('invoices.paid_at', ledgerline.reporting_zone()) }} as local_date,
        invoices.amount,
        coalesce(invoices.currency, orders.currency, '{{ var('funnel_currency') }}') as currency
    from invoices
    left join orders
        on
            invoices.organization_id = orders.organization_id
            and invoices.source_order_id = orders.source_order_id
    where
        not coalesce(orders.is_test, false)
        and not coalesce(orders.is_deleted, false)
        and invoices.paid_at <= {{ ledgerline.as_of_instant() }}

)

select * from final
