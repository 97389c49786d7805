-- Which kinds of input each organization has ever delivered, up to the as-of, and which of its facts are stated. What
-- rests only on one that it never delivered is unknown: NULL, and not 0.
with

organizations as (

    select organization_id from {{ ref('int_contacts_described') }}
    union
    select organization_id from {{ ref('int_orders_settled') }}
    union
    select organization_id from {{ ref('int_ads_daily_deduped') }}
    union
    select organization_id from {{ ref('int_attendance_counted') }}
    union
    select organization_id from {{ ref('int_invoices_merged') }}

),

leads as (

    select distinct organization_id
    from {{ ref('int_leads_classified') }}

),

-- What automations report; opt-ins alone tell nothing of what else people did.
events as (

    select distinct organization_id
    from {{ ref('int_analytics_events_told') }}

),

orders as (

    select distinct organization_id
    from {{ ref('int_orders_settled') }}

),

items as (

    select
        organization_id,
        count(line_total_amount) > 0 as has_amounts
    from {{ ref('int_order_items_valued') }}
    group by organization_id

),

ads as (

    select
        organization_id,
        max(case when platform = 'meta' then 1 else 0 end) = 1 as has_meta,
        max(case when platform = 'google' then 1 else 0 end) = 1 as has_google
    from {{ ref('int_ads_daily_deduped') }}
    group by organization_id

),

invoices as (

    select distinct organization_id
    from {{ ref('int_invoices_merged') }}

),

facts as (

    select
        (select count(*) from {{ ref('stg_settings__funnel_product_roles') }}) > 0 as has_roles,
        (select count(*) from {{ ref('stg_settings__funnel_high_ticket') }}) > 0 as has_high_ticket,
        (select count(*) from {{ ref('stg_settings__funnel_campaign_types') }}) > 0 as has_campaign_types

),

final as (

    select
        organizations.organization_id,
        leads.organization_id is not null as has_leads,
        events.organization_id is not null as has_events,
        orders.organization_id is not null as has_orders,
        items.organization_id is not null as has_items,
        coalesce(items.has_amounts, false) as has_item_amounts,
        -- Orders whose products are known, and what these are for.
        items.organization_id is not null and facts.has_roles as has_roles,
        orders.organization_id is not null and facts.has_high_ticket as has_high_ticket,
        invoices.organization_id is not null as has_invoices,
        coalesce(ads.has_meta, false) as has_meta,
        coalesce(ads.has_google, false) as has_google,
        coalesce(ads.has_meta, false) and facts.has_campaign_types as has_campaign_types
    from organizations
    cross join facts
    left join leads
        on organizations.organization_id = leads.organization_id
    left join events
        on organizations.organization_id = events.organization_id
    left join orders
        on organizations.organization_id = orders.organization_id
    left join items
        on organizations.organization_id = items.organization_id
    left join invoices
        on organizations.organization_id = invoices.organization_id
    left join ads
        on organizations.organization_id = ads.organization_id

)

select * from final
