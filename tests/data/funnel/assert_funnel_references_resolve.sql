-- Whatever a row of the funnel refers to is there, in the same organization: buyers, doers and leads are contacts, items
-- and changes belong to orders, items to products. Returns the references that lead nowhere.
with

contacts as (

    select * from {{ ref('contacts') }}

),

orders as (

    select * from {{ ref('orders') }}

),

products as (

    select * from {{ ref('products') }}

),

references_to_contacts as (

    select
        organization_id,
        contact_id,
        'orders' as mart
    from orders
    union all
    select
        organization_id,
        contact_id,
        'analytics_events' as mart
    from {{ ref('analytics_events') }}
    union all
    select
        organization_id,
        contact_id,
        'lead_attribution' as mart
    from {{ ref('lead_attribution') }}

),

references_to_orders as (

    select
        organization_id,
        order_id,
        'order_items' as mart
    from {{ ref('order_items') }}
    union all
    select
        organization_id,
        order_id,
        'order_status_changes' as mart
    from {{ ref('order_status_changes') }}
    union all
    select
        organization_id,
        order_id,
        'refunds' as mart
    from {{ ref('refunds') }}
    union all
    select
        organization_id,
        order_id,
        'high_ticket_sales' as mart
    from {{ ref('high_ticket_sales') }}
    union all
    select
        organization_id,
        order_id,
        'subscription_renewals' as mart
    from {{ ref('subscription_renewals') }}
    where order_id is not null

),

lost as (

    select
        found.organization_id,
        found.mart,
        'contact_id' as reference,
        found.contact_id as id
    from references_to_contacts as found
    left join contacts on found.organization_id = contacts.organization_id and found.contact_id = contacts.id
    where found.contact_id is not null and contacts.id is null

    union all

    select
        found.organization_id,
        found.mart,
        'order_id' as reference,
        found.order_id as id
    from references_to_orders as found
    left join orders on found.organization_id = orders.organization_id and found.order_id = orders.id
    where orders.id is null

    union all

    select
        items.organization_id,
        'order_items' as mart,
        'product_id' as reference,
        items.product_id as id
    from {{ ref('order_items') }} as items
    left join products on items.organization_id = products.organization_id and items.product_id = products.id
    where items.product_id is not null and products.id is null

)

select distinct * from lost
