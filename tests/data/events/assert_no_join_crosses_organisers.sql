-- Every row of an event carries its organiser's tenant. A failure means that a join forgot whose event it is.
-- Returns the row's mart, event and tenant.
with

rows_of_marts as (

    {% for mart in [
        'event_overview', 'view_event_daily_sales', 'event_timeline', 'view_event_demographics',
        'event_sales_velocity', 'ticket_orders', 'tickets', 'event_ticket_types', 'event_money_ledger',
        'event_reconciliation', 'event_overview_days', 'event_pace', 'event_platform_sales', 'event_ad_spend'
    ] -%}
    select distinct
        '{{ mart }}' as mart,
        event_key,
        organization_id
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select rows_of_marts.*
from rows_of_marts
left join {{ ref('int_ticketing_events_defined') }} as events
    on
        rows_of_marts.event_key = events.event_key
        and rows_of_marts.organization_id = events.organization_id
where events.event_key is null
