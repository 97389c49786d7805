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

-- Orders that a status ever gave back; most never were.
involved as (

    select distinct
        organization_id,
        order_id
    from changes
    where is_paid_back or billing_status = 'partially-refunded'

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

-- What a refunded or disputed order cost is given back, less what transactions say of it; an order that is won back
-- takes it in again. So what an order gave back in all is what its state of now says, whoever saw which states before.
given_back as (

    select
        changes.organization_id,
        changes.order_id,
        changes.change_number,
        changes.changed_at,
        changes.currency,
        changes.billing_status <> coalesce(changes.previous_status, '') as is_new_status,
        changes.is_previous_inferred,
        changes.is_current and (
            (changes.is_paid_back and changes.order_total is null)
            or (
                changes.billing_status = 'partially-refunded'
                and not changes.is_test
                and order_transactions.refunds is null
            )
        ) as is_unknown,
        case
            when changes.is_paid_back
                then greatest(coalesce(changes.order_total, 0) - coalesce(order_transactions.amount, 0), 0)
            else 0
        end as given_back_amount
    from changes
    inner join involved
        on changes.organization_id = involved.organization_id and changes.order_id = involved.order_id
    left join order_transactions
        on
            changes.organization_id = order_transactions.organization_id
            and changes.order_id = order_transactions.order_id

),

moved as (

    select
        *,
        given_back_amount
        - coalesce(lag(given_back_amount) over (partition by organization_id, order_id order by change_number), 0)
            as amount
    from given_back

),

-- Of a state of now whose amount nobody knows, when it began.
unknown_since as (

    select
        organization_id,
        order_id,
        max(case when is_new_status then change_number end) as change_number
    from given_back
    group by organization_id, order_id
    having max(case when is_unknown then 1 else 0 end) = 1

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
        case when amount > 0 then 'status:' else 'reversal:' end
        || cast(order_id as varchar) || ':' || cast(change_number as varchar) as refund_key,
        order_id,
        changed_at as refunded_at,
        amount,
        currency,
        'status' as source,
        true as is_amount_known,
        is_previous_inferred as is_date_estimated
    from moved
    where amount <> 0

    union all

    select
        given_back.organization_id,
        'status:' || cast(given_back.order_id as varchar) || ':' || cast(given_back.change_number as varchar)
            as refund_key,
        given_back.order_id,
        given_back.changed_at as refunded_at,
        cast(null as decimal(18, 2)) as amount,
        given_back.currency,
        'status' as source,
        false as is_amount_known,
        given_back.is_previous_inferred as is_date_estimated
    from given_back
    inner join unknown_since
        on
            given_back.organization_id = unknown_since.organization_id
            and given_back.order_id = unknown_since.order_id
            and given_back.change_number = unknown_since.change_number

)

select * from final
