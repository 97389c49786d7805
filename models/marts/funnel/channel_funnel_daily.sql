with

days as (

    select * from {{ ref('int_funnel_days_listed') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

signals as (

    select distinct
        organization_id,
        contact_id,
        rule
    from {{ ref('int_contact_signals_found') }}

),

leads as (

    select
        leads.organization_id,
        leads.lead_date as date,
        leads.lead_channel as channel,
        count(*) as leads,
        count(contacts.manychat_id) as manychat_connected,
        count(bot_alerts.contact_id) as bot_alert_contacts,
        count(welcome_clicks.contact_id) as welcome_click_contacts
    from {{ ref('int_leads_classified') }} as leads
    left join {{ ref('int_contacts_described') }} as contacts
        on leads.organization_id = contacts.organization_id and leads.contact_id = contacts.contact_id
    left join signals as bot_alerts
        on
            leads.organization_id = bot_alerts.organization_id
            and leads.contact_id = bot_alerts.contact_id
            and bot_alerts.rule = 'bot_alert'
    left join signals as welcome_clicks
        on
            leads.organization_id = welcome_clicks.organization_id
            and leads.contact_id = welcome_clicks.contact_id
            and welcome_clicks.rule = 'welcome_click'
    group by leads.organization_id, leads.lead_date, leads.lead_channel

),

orders as (

    select
        organization_id,
        purchase_date as date,
        channel,
        count(case when has_plus then 1 end) as plus_sales,
        count(case when has_trial then 1 end) as trial_sales,
        sum(extra_journals) as extra_journals,
        sum(extra_shipping) as extra_shipping,
        {{ ledgerline.in_funnel_currency('order_total') }} as revenue_amount
    from {{ ref('int_orders_settled') }}
    where is_counted
    group by organization_id, purchase_date, channel

),

channels as (

    select 'paid' as channel
    union all
    select 'organic' as channel
    union all
    select 'other' as channel

),

counted as (

    select
        days.organization_id,
        days.date,
        channels.channel,
        {{ ledgerline.known_or_null('delivered.has_leads', 'leads.leads') }} as leads,
        {{ ledgerline.known_or_null('delivered.has_roles', 'orders.plus_sales') }} as plus_sales,
        {{ ledgerline.known_or_null('delivered.has_roles', 'orders.trial_sales') }} as trial_sales,
        {{ ledgerline.known_or_null('delivered.has_roles', 'orders.extra_journals') }} as extra_journals,
        {{ ledgerline.known_or_null('delivered.has_roles', 'orders.extra_shipping') }} as extra_shipping,
        {{ ledgerline.known_or_null('delivered.has_orders', 'orders.revenue_amount', 'decimal(18, 2)') }}
            as revenue_amount,
        {{ ledgerline.known_or_null('delivered.has_leads', 'leads.manychat_connected') }} as manychat_connected,
        {{ ledgerline.known_or_null('delivered.has_leads and delivered.has_events', 'leads.bot_alert_contacts') }}
            as bot_alert_contacts,
        {{ ledgerline.known_or_null('delivered.has_leads and delivered.has_events', 'leads.welcome_click_contacts') }}
            as welcome_click_contacts
    from days
    inner join delivered
        on days.organization_id = delivered.organization_id
    cross join channels
    left join leads
        on
            days.organization_id = leads.organization_id
            and days.date = leads.date
            and channels.channel = leads.channel
    left join orders
        on
            days.organization_id = orders.organization_id
            and days.date = orders.date
            and channels.channel = orders.channel

),

final as (

    select
        *,
        {{ ledgerline.percent_of_counts('plus_sales', 'leads') }} as lead_to_plus_percent,
        {{ ledgerline.percent_of_counts('trial_sales', 'plus_sales') }} as plus_to_trial_percent,
        {{ ledgerline.percent_of_counts('manychat_connected', 'leads') }} as lead_to_manychat_percent,
        {{ ledgerline.percent_of_counts('bot_alert_contacts', 'manychat_connected') }} as manychat_to_bot_alert_percent
    from counted

)

select * from final
