-- Money given back: transactions that say so, and what a status says beyond them. Its day is the refund's own.
with

transactions as (

    select * from {{ ref('stg_clickfunnels__transactions') }}

),

webhook_texts as (

    {{ ledgerline.webhook_texts('transactions', ledgerline.transaction_keys()) }}

),

webhook_transactions as (

    select
        organization_id,
        {{ ledgerline.transaction_columns() }},
        source_file,
        source_row,
        extracted_at,
        landed_run,
        event_at
    from webhook_texts

),

orders as (

    select * from {{ ref('int_orders_deduped') }}

),

changes as (

    select * from {{ ref('int_order_changes_found') }}

),

told as (

    select
        organization_id,
        transaction_id,
        source_order_id,
        adjusted_transaction_id,
        amount,
        currency,
        result,
        status,
        created_at,
        coalesce(updated_at, created_at) as told_at,
        1 as input_rank,
        extracted_at,
        landed_run,
        source_file,
        source_row
    from transactions

    union all

    select
        organization_id,
        transaction_id,
        source_order_id,
        adjusted_transaction_id,
        amount,
        currency,
        result,
        status,
        coalesce(created_at, event_at) as created_at,
        coalesce(updated_at, event_at, created_at) as told_at,
        2 as input_rank,
        extracted_at,
        landed_run,
        source_file,
        source_row
    from webhook_transactions

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, transaction_id
            order by
                told_at desc nulls last,
                extracted_at desc,
                input_rank,
                landed_run desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as telling_rank
    from told
    where created_at <= {{ ledgerline.as_of_instant() }} and told_at <= {{ ledgerline.as_of_instant() }}

),

paid_back as (

    select
        orders.organization_id,
        orders.order_id,
        'transaction:' || ranked.transaction_id as refund_key,
        ranked.created_at as refunded_at,
        abs(ranked.amount) as amount,
        coalesce(ranked.currency, orders.currency) as currency
    from ranked
    inner join orders
        on
            ranked.organization_id = orders.organization_id
            and ranked.source_order_id = orders.source_order_id
            and orders.order_source = 'ClickFunnels'
            -- Of a test no money was ever paid.
            and not orders.is_test
    where
        ranked.telling_rank = 1
        and ranked.adjusted_transaction_id is not null
        and (
            ranked.result in ('approved', 'succeeded', 'completed')
            or ranked.status in ('approved', 'succeeded', 'completed')
        )

),

order_transactions as (

    select
        organization_id,
        order_id,
        sum(amount) as amount,
        count(*) as refunds
    from paid_back
    group by organization_id, order_id

),

-- An order that no longer counts because it was refunded or disputed: what it counted for, less what was paid back. It
-- may be won back and lost again, so amounts add up before transactions are taken off.
reached as (

    select
        changes.organization_id,
        changes.order_id,
        changes.change_number,
        changes.changed_at,
        changes.currency,
        changes.is_previous_inferred,
        changes.billing_status = 'partially-refunded' as is_partial,
        changes.previous_total_amount,
        sum(changes.previous_total_amount) over (
            partition by changes.organization_id, changes.order_id, changes.billing_status = 'partially-refunded'
            order by changes.change_number
        ) as total_so_far,
        coalesce(order_transactions.amount, 0) as paid_back_amount,
        coalesce(order_transactions.refunds, 0) as refunds
    from changes
    left join order_transactions
        on
            changes.organization_id = order_transactions.organization_id
            and changes.order_id = order_transactions.order_id
    where
        (changes.billing_status in ('refunded', 'disputed') and changes.was_counted and not changes.is_counted)
        or (
            changes.billing_status = 'partially-refunded'
            and changes.is_counted
            and coalesce(changes.previous_status, '') <> 'partially-refunded'
        )

),

left_over as (

    select
        *,
        case
            when not is_partial
                then
                    greatest(total_so_far - paid_back_amount, 0)
                    - greatest(total_so_far - previous_total_amount - paid_back_amount, 0)
        end as amount
    from reached

),

final as (

    select
        organization_id,
        refund_key,
        order_id,
        refunded_at,
        amount,
        currency,
        'transaction' as source,
        amount is not null as is_amount_known,
        false as is_date_estimated
    from paid_back

    union all

    select
        organization_id,
        'status:' || cast(order_id as varchar) || ':' || cast(change_number as varchar) as refund_key,
        order_id,
        changed_at as refunded_at,
        amount,
        currency,
        'status' as source,
        amount is not null as is_amount_known,
        is_previous_inferred as is_date_estimated
    from left_over
    where case when is_partial then refunds = 0 else amount > 0 end

)

select * from final
