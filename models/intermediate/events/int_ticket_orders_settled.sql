{{ config(materialized='kept', work='int_ticket_orders_fingerprinted', fingerprint='order_fingerprint') }}

-- One row per sale: an order, or an Eventbrite attendee. What its newest version says, and when it was sold and
-- given back.
with

order_fingerprints as (select * from {{ ref('int_ticket_orders_fingerprinted') }}),

versions as (

    select
        order_fingerprints.order_fingerprint,
        sales.*,
        sales.status in ('cancelled', 'refunded', 'fee_kept') as is_ended,
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

marked as (

    select
        *,
        max(version_number) over (partition by order_key, sale_id) as newest_number,
        coalesce(
            max(case when not is_ended then version_number end) over (partition by order_key, sale_id), 0
        ) as last_open_number
    from versions

),

-- Since when the order has been cancelled or refunded without coming back.
ends as (

    select
        order_key,
        sale_id,
        min(changed_at) as ended_at
    from marked
    where
        is_ended
        and version_number > last_open_number
    group by order_key, sale_id

),

entries as (

    select entries.*
    from {{ ref('int_money_entries_posted') }} as entries
    inner join order_fingerprints on entries.order_key = order_fingerprints.order_key
    where entries.entry_kind <> 'fee'

),

refunds_added as (

    select
        *,
        sum(case when entry_kind in ('refund', 'cancellation') then -amount end) over (
            partition by order_key, sale_id
            order by occurred_at, {{ ledgerline.by_bytes('entry_key') }}
            rows between unbounded preceding and current row
        ) as refunded_to_date,
        sum(case when entry_kind in ('sale', 'adjustment') then amount end) over (
            partition by order_key, sale_id
        ) as gross_amount
    from entries

),

-- What came back later did not go: the least that was given back from here on.
refunds_kept as (

    select
        *,
        min(refunded_to_date) over (
            partition by order_key, sale_id
            order by occurred_at, {{ ledgerline.by_bytes('entry_key') }}
            rows between current row and unbounded following
        ) as least_refunded_amount
    from refunds_added

),

money as (

    select
        order_key,
        sale_id,
        max(case when entry_kind = 'sale' then occurred_at end) as sold_at,
        max(case when entry_kind = 'sale' then local_date end) as sold_on,
        min(
            case
                when
                    gross_amount > 0
                    and least_refunded_amount >= gross_amount
                    and entry_kind in ('refund', 'cancellation')
                    then occurred_at
            end
        ) as fully_refunded_at,
        max(case when entry_kind = 'cancellation' and amount < 0 then occurred_at end) as cancellation_at
    from refunds_kept
    group by order_key, sale_id

),

-- The order's latest counted refund that was known when the order ended.
refunds_at_end as (

    select
        ends.order_key,
        ends.sale_id,
        max(refunds.refunded_at) as refunded_at
    from ends
    inner join {{ ref('int_ticket_refunds_counted') }} as refunds
        on
            ends.order_key = refunds.order_key
            and ends.ended_at >= refunds.changed_at
            and refunds.is_standing
    group by ends.order_key, ends.sale_id

),

refunds_listed as (

    select distinct order_key
    from {{ ref('int_ticket_refunds_counted') }}

),

final as (

    select
        -- ids
        marked.order_fingerprint,
        marked.organization_id,
        marked.event_key,
        marked.order_key,
        marked.sale_id,
        marked.source_order_id,

        -- texts
        marked.platform,
        marked.timezone,
        marked.source_status,
        marked.status,
        marked.currency,
        marked.sales_channel,
        marked.buyer_hash,

        -- numerics
        marked.tax_amount,
        marked.items_amount,

        -- dates, in the event's zone
        money.sold_on,

        -- timestamps
        marked.ordered_at,
        money.sold_at,
        -- A lower total is no word that tickets went back: of an order in force they stay, until a refund is listed.
        case
            when marked.is_ended or marked.platform = 'hi_events' or refunds_listed.order_key is not null
                then money.fully_refunded_at
        end as fully_refunded_at,
        -- An order that came back after a cancellation is not cancelled.
        case when marked.is_ended then money.cancellation_at end as cancellation_at,
        case
            when marked.is_ended then coalesce(refunds_at_end.refunded_at, ends.ended_at)
        end as ended_at

    from marked
    left join money
        on
            marked.order_key = money.order_key
            and marked.sale_id = money.sale_id
    left join ends
        on
            marked.order_key = ends.order_key
            and marked.sale_id = ends.sale_id
    left join refunds_at_end
        on
            marked.order_key = refunds_at_end.order_key
            and marked.sale_id = refunds_at_end.sale_id
    left join refunds_listed on marked.order_key = refunds_listed.order_key
    where marked.version_number = marked.newest_number

)

select * from final
