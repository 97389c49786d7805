-- Today's point of the pace is the overview, and where events are compared its previous amount is too. A failure means
-- that the two looked at another day. Returns the event with both sides.
select
    overview.event_key,
    overview.total_sales_to_date,
    overview.tickets_sold,
    overview.total_sales_previous,
    pace.amount_to_date,
    pace.tickets_to_date,
    pace.previous_amount_to_date
from {{ ref('event_overview') }} as overview
inner join {{ ref('event_pace') }} as pace
    on
        overview.event_key = pace.event_key
        and overview.days_to_event = pace.days_to_event
where
    overview.total_sales_to_date <> pace.amount_to_date
    or overview.tickets_sold <> pace.tickets_to_date
    or (
        overview.comparator = 'previous_event'
        and coalesce(overview.total_sales_previous, -1) <> coalesce(pace.previous_amount_to_date, -1)
    )
