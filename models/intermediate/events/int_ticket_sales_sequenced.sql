{{ config(materialized='kept', work='int_ticket_orders_fingerprinted', fingerprint='order_fingerprint') }}

-- The moments at which something became known of a sale, numbered from the oldest: its versions, and payments rows that
-- landed apart from one, at which the version before them speaks once more. Each with what payments rows told by then.
with

order_fingerprints as (select * from {{ ref('int_ticket_orders_fingerprinted') }}),

versions as (

    select
        order_fingerprints.order_fingerprint,
        sales.*,
        row_number() over (
            partition by sales.order_key, sales.sale_id
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number
    from {{ ref('int_ticket_sales_versioned') }} as sales
    inner join order_fingerprints on sales.order_key = order_fingerprints.order_key
    where
        sales.changed_at <= {{ ledgerline.as_of_instant() }}
        and sales.ordered_at is not null

),

payments as (

    select
        rows_known.order_key,
        rows_known.refund_id,
        rows_known.refunded_at as paid_at,
        rows_known.changed_at,
        case when rows_known.is_counted and not rows_known.is_refund then rows_known.amount else 0 end as paid_amount,
        case when rows_known.is_counted and rows_known.is_refund then rows_known.amount else 0 end as refunded_amount,
        row_number() over (
            partition by rows_known.order_key, rows_known.refund_id
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number
    from {{ ref('int_ticket_refunds_versioned') }} as rows_known
    inner join order_fingerprints on rows_known.order_key = order_fingerprints.order_key
    where
        rows_known.platform = 'pretix'
        and rows_known.changed_at <= {{ ledgerline.as_of_instant() }}

),

payments_compared as (

    select
        *,
        paid_amount - coalesce(
            lag(paid_amount) over (partition by order_key, refund_id order by version_number), 0
        ) as paid_change,
        refunded_amount - coalesce(
            lag(refunded_amount) over (partition by order_key, refund_id order by version_number), 0
        ) as refunded_change
    from payments

),

told as (

    select
        order_key,
        changed_at,
        paid_change,
        refunded_change,
        case when paid_amount > 0 then paid_at end as paid_at,
        cast(null as bigint) as version_number
    from payments_compared
    where
        version_number = 1
        or paid_change <> 0
        or refunded_change <> 0

    union all

    select
        order_key,
        changed_at,
        cast(null as decimal(18, 2)) as paid_change,
        cast(null as decimal(18, 2)) as refunded_change,
        cast(null as timestamptz) as paid_at,
        version_number
    from versions
    where platform = 'pretix'

),

-- What payments rows told by each moment; NULL while there were none.
states as (

    select
        order_key,
        changed_at,
        max(version_number) as own_version_number,
        max(max(version_number)) over (partition by order_key order by changed_at) as last_version_number,
        cast(sum(sum(paid_change)) over (partition by order_key order by changed_at) as decimal(18, 2))
            as listed_paid_amount,
        cast(sum(sum(refunded_change)) over (partition by order_key order by changed_at) as decimal(18, 2))
            as listed_refund_amount,
        min(min(paid_at)) over (partition by order_key order by changed_at) as first_paid_at
    from told
    group by order_key, changed_at

),

{#- What a version says of its sale; all but when it did. -#}
{%- set said = [
    'order_fingerprint', 'organization_id', 'event_key', 'order_key', 'sale_id', 'platform', 'timezone', 'status',
    'currency', 'gross_amount', 'fee_amount', 'reported_refund_amount', 'has_refunds', 'is_paid', 'is_observed',
    'last_payment_date', 'ordered_on', 'ordered_at', 'paid_at', 'cancelled_at', 'version_number'
] %}

moments as (

    select
        {% for column in said -%}
        versions.{{ column }},
        {% endfor -%}
        versions.changed_at,
        versions.extracted_at,
        states.listed_paid_amount,
        states.listed_refund_amount,
        states.first_paid_at
    from versions
    -- Orders of pretix alone have states: DuckDB compares every row with every other if told so here.
    left join states
        on
            versions.order_key = states.order_key
            and versions.changed_at = states.changed_at

    union all

    select
        {% for column in said -%}
        versions.{{ column }},
        {% endfor -%}
        states.changed_at,
        -- Its exports have no clock of their own: these are one.
        states.changed_at as extracted_at,
        states.listed_paid_amount,
        states.listed_refund_amount,
        states.first_paid_at
    from states
    inner join versions
        on
            states.order_key = versions.order_key
            and states.last_version_number = versions.version_number
    where states.own_version_number is null

),

final as (

    select
        *,
        row_number() over (
            partition by order_key, sale_id
            order by changed_at, version_number
        ) as moment_number,
        -- Whether refunds are listed by then, so that nothing is inferred any more.
        listed_paid_amount is not null
        or max(case when has_refunds then 1 else 0 end) over (
            partition by order_key, sale_id
            order by changed_at, version_number
            rows between unbounded preceding and current row
        ) = 1 as has_refund_data
    from moments

)

select * from final
