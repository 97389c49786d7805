with

leads as (

    select * from {{ ref('int_leads_classified') }}

),

touches as (

    select * from {{ ref('int_lead_touches_chosen') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

purchases as (

    select * from {{ ref('int_contact_purchases_summed') }}

),

final as (

    select
        -- ids
        leads.organization_id,
        leads.contact_id,

        -- timestamps
        leads.lead_at,
        leads.lead_date,

        -- texts
        leads.lead_channel,
        leads.lead_events,
        touches.first_utm_source,
        touches.first_utm_medium,
        touches.first_utm_campaign,
        touches.first_utm_content,
        touches.first_utm_term,
        touches.first_landing_page,
        touches.last_utm_source,
        touches.last_utm_medium,
        touches.last_utm_campaign,
        touches.last_utm_content,
        touches.last_utm_term,
        touches.ad_id,
        touches.ad_platform,
        touches.ad_campaign_name,
        touches.campaign_type,

        -- timestamps
        purchases.first_plus_at,

        -- numerics
        {{ ledgerline.days_between(
            'leads.lead_date', ledgerline.local_date('purchases.first_plus_at', ledgerline.reporting_zone())
        ) }} as days_to_plus,
        {{ ledgerline.known_or_null('delivered.has_orders', 'purchases.revenue_amount', 'decimal(18, 2)') }}
            as revenue_amount,
        {{ ledgerline.known_or_null('delivered.has_high_ticket', 'purchases.high_ticket_amount', 'decimal(18, 2)') }}
            as high_ticket_amount

    from leads
    inner join delivered
        on leads.organization_id = delivered.organization_id
    left join touches
        on leads.organization_id = touches.organization_id and leads.contact_id = touches.contact_id
    left join purchases
        on leads.organization_id = purchases.organization_id and leads.contact_id = purchases.contact_id

)

select * from final
