-- Listed refunds that count, from when they first do; one that counts no more, or another amount of it, is a further
-- row with the change. Each with the order's refunds to that point, in the order in which they became known.
with

versions as (

    select
        *,
        case when is_counted then amount else 0 end as counted_amount,
        row_number() over (
            partition by order_key, refund_id
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number
    from {{ ref('int_ticket_refunds_versioned') }}
    where
        is_refund
        and changed_at <= {{ ledgerline.as_of_instant() }}

),

compared as (

    select
        *,
        counted_amount - coalesce(
            lag(counted_amount) over (partition by order_key, refund_id order by version_number), 0
        ) as change_amount,
        max(version_number) over (partition by order_key, refund_id) as newest_number
    from versions

),

-- What its newest version says of each: whether it still counts.
standing as (

    select
        order_key,
        refund_id
    from compared
    where
        version_number = newest_number
        and is_counted

),

changes as (

    select
        *,
        row_number() over (partition by order_key, refund_id order by version_number) as change_number
    from compared
    where change_amount <> 0

),

dated as (

    select
        changes.event_key,
        changes.order_key,
        changes.refund_id,
        case
            when changes.change_number = 1 then changes.refund_id
            else changes.refund_id || '/' || cast(changes.change_number as varchar)
        end as change_id,
        changes.ticket_codes,
        changes.change_amount as amount,
        -- Whether this is the money going back, and it still is.
        changes.change_number = 1 and standing.refund_id is not null as is_standing,
        -- The source dates the refund; that it is none any more, we only read.
        changes.change_number > 1 as is_by_reading,
        case when changes.change_number = 1 then changes.refunded_at else changes.changed_at end as refunded_at,
        changes.changed_at,
        changes.extracted_at
    from changes
    left join standing
        on
            changes.order_key = standing.order_key
            and changes.refund_id = standing.refund_id

),

final as (

    select
        event_key,
        order_key,
        refund_id,
        change_id,
        ticket_codes,
        amount,
        sum(amount) over (
            partition by order_key
            order by changed_at, refunded_at, {{ ledgerline.by_bytes('change_id') }}
            rows between unbounded preceding and current row
        ) as amount_to_date,
        is_standing,
        is_by_reading,
        refunded_at,
        changed_at,
        extracted_at
    from dated

)

select * from final
