-- Nothing later than the as-of is visible. Returns the row's mart and its time.
select
    'event_money_ledger' as mart,
    occurred_at as happened_at
from {{ ref('event_money_ledger') }}
where occurred_at > {{ ledgerline.as_of_instant() }}

union all

select
    'tickets' as mart,
    greatest(sold_at, voided_at) as happened_at
from {{ ref('tickets') }}
where
    sold_at > {{ ledgerline.as_of_instant() }}
    or voided_at > {{ ledgerline.as_of_instant() }}

union all

select
    'ticket_orders' as mart,
    ordered_at as happened_at
from {{ ref('ticket_orders') }}
where ordered_at > {{ ledgerline.as_of_instant() }}
