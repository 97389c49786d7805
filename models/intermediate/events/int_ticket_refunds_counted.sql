-- Listed refunds that count, each as it was when it first counted, with the order's refunds to that point, in the order
-- in which they became known.
with

refunds as (

    select
        *,
        row_number() over (
            partition by order_key, refund_id
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number
    from {{ ref('int_ticket_refunds_versioned') }}
    where
        is_counted
        and changed_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        event_key,
        order_key,
        refund_id,
        ticket_codes,
        amount,
        sum(amount) over (
            partition by order_key
            order by changed_at, refunded_at, {{ ledgerline.by_bytes('refund_id') }}
            rows between unbounded preceding and current row
        ) as amount_to_date,
        refunded_at,
        changed_at,
        extracted_at
    from refunds
    where version_number = 1

)

select * from final
