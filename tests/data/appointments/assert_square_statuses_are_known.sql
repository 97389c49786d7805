-- A status that nobody knows counts nowhere, and a total that is not amount and tip was charged otherwise than we count.
-- Only a warning: the rows are kept as they are, and the source may have grown a new word. Returns them.
{{ config(severity='warn', error_if='>1000000') }}

select
    organization_id,
    'booking ' || booking_id as thing,
    status as found
from {{ ref('stg_square__bookings') }}
where
    not is_deleted
    and status not in (
        'ACCEPTED', 'CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER', 'DECLINED', 'NO_SHOW', 'PENDING'
    )

union all

select
    organization_id,
    'payment ' || payment_id as thing,
    status as found
from {{ ref('stg_square__payments') }}
where not is_deleted and status not in ('APPROVED', 'PENDING', 'COMPLETED', 'CANCELED', 'FAILED')

union all

select
    organization_id,
    'payment ' || payment_id as thing,
    'total_money ' || cast(total_cents as varchar) as found
from {{ ref('stg_square__payments') }}
where not is_deleted and total_cents <> amount_cents + tip_cents

union all

select
    organization_id,
    'order ' || order_id as thing,
    state as found
from {{ ref('stg_square__orders') }}
where not is_deleted and state not in ('OPEN', 'COMPLETED', 'CANCELED', 'DRAFT')

union all

select
    organization_id,
    'refund ' || refund_id as thing,
    status as found
from {{ ref('stg_square__refunds') }}
where not is_deleted and status not in ('PENDING', 'COMPLETED', 'REJECTED', 'FAILED')
