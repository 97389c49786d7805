-- What the run says at its end: what a tenant has not delivered, or not stated in its settings, so that KPIs are NULL.
-- Of tenants whose ads alone are known nothing is said: they may sell elsewhere.
with

delivered as (

    select
        *,
        has_meta or has_google as has_ads
    from {{ ref('int_funnel_inputs_delivered') }}
    where has_leads or has_orders

),

final as (

    select
        organization_id,
        'no lead events yet: leads, and what one costs, are not known; export events or form submissions' as message
    from delivered
    where not has_leads

    union all

    select
        organization_id,
        'no orders yet: sales and revenue are not known; export orders' as message
    from delivered
    where not has_orders

    union all

    select
        organization_id,
        'no order names its products yet: sales by role are not known; export orders with a column of products'
            as message
    from delivered
    where has_orders and not has_items

    union all

    select
        organization_id,
        'no product has a role: sales by role are not known; state it in settings/funnel/funnel_product_roles.csv'
            as message
    from delivered
    where has_items and not has_roles

    union all

    select
        organization_id,
        'no report of ads yet: spend, and what a lead or a sale costs, are not known; export it by day' as message
    from delivered
    where not has_ads

)

select * from final
