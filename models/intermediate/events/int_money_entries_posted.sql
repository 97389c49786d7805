{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_ticket_orders_fingerprinted'), 'order_fingerprint') }}"
) }}

-- Each movement of an order's money, from the versions of the order and its refunds, in the order in which they became
-- known. An entry rests on what was known when it was posted: what comes later adds entries and changes none.
with

changed_orders as (

    {{ ledgerline.not_kept(ref('int_ticket_orders_fingerprinted'), 'order_fingerprint') }}

),

versions as (

    select
        changed_orders.order_fingerprint,
        sales.*,
        sales.status in ('valid', 'refunded') or sales.paid_at is not null as is_sold,
        row_number() over (
            partition by sales.order_key, sales.sale_id
            order by {{ ledgerline.oldest_version_first() }}
        ) as version_number
    from {{ ref('int_ticket_sales_versioned') }} as sales
    inner join changed_orders on sales.order_key = changed_orders.order_key
    where sales.changed_at <= {{ ledgerline.as_of_instant() }} and sales.ordered_at is not null

),

-- From when an order's refunds are listed, so that nothing is inferred any more.
refunds_listed as (

    select
        order_key,
        min(changed_at) as listed_at
    from {{ ref('int_ticket_refunds_versioned') }}
    where
        platform = 'pretix'
        and changed_at <= {{ ledgerline.as_of_instant() }}
    group by order_key

),

numbered as (

    select
        versions.*,
        min(case when versions.is_sold then versions.version_number end) over (
            partition by versions.order_key, versions.sale_id
        ) as first_sold_number,
        max(case when versions.has_refunds then 1 else 0 end) over (
            partition by versions.order_key, versions.sale_id
            order by versions.version_number
        ) = 1
        or coalesce(refunds_listed.listed_at <= versions.changed_at, false) as has_refund_data
    from versions
    left join refunds_listed on versions.order_key = refunds_listed.order_key

),

-- What an order stands for after each of its versions, from the first sold one on. Where refunds are listed they alone
-- take money back: a cancelled version says nothing of its own, and a lower total posts nothing.
sold as (

    select
        *,
        case
            when status in ('cancelled', 'refunded') then case when not has_refund_data then 0 end
            when is_sold then gross_amount
        end as standing_amount,
        max(reported_refund_amount) over (
            partition by order_key, sale_id order by version_number
        ) as highest_refund_amount
    from numbered
    where version_number >= first_sold_number

),

compared as (

    select
        *,
        case when standing_amount is not null then 1 else 0 end as is_standing,
        -- A version that states no fee changes none.
        coalesce(
            lag(fee_amount) over (partition by order_key, sale_id, fee_amount is null order by version_number), 0
        ) as previous_fee_amount,
        coalesce(
            lag(highest_refund_amount) over (partition by order_key, sale_id order by version_number), 0
        ) as previous_refund_amount
    from sold

),

-- Versions that say nothing of the standing are passed over.
standings as (

    select
        *,
        lag(standing_amount) over (
            partition by order_key, sale_id, is_standing order by version_number
        ) as previous_standing_amount
    from compared

),

sale_moments as (

    select
        *,
        case
            when version_number <> first_sold_number then changed_at
            when paid_at is not null then paid_at
            when last_payment_date is not null
                then
                    case
                        when last_payment_date = ordered_on then ordered_at
                        else {{ ledgerline.start_of_local_day('last_payment_date', 'timezone') }}
                    end
            when first_sold_number > 1 then changed_at
            else ordered_at
        end as posted_at,
        -- Whether that moment is only when we read it.
        is_observed and paid_at is null and last_payment_date is null and first_sold_number > 1 as is_sale_observed,
        case when version_number = first_sold_number then '' else '/' || cast(version_number as varchar) end as suffix,
        sale_id || '/' || cast(version_number as varchar) as later_id
    from standings

),

sales as (

    select
        *,
        'sale' as entry_kind,
        sale_id as entry_id,
        gross_amount as amount,
        posted_at as occurred_at,
        is_sale_observed as is_by_reading
    from sale_moments
    where version_number = first_sold_number

),

fees as (

    select
        *,
        'fee' as entry_kind,
        sale_id || suffix as entry_id,
        previous_fee_amount - fee_amount as amount,
        posted_at as occurred_at,
        case when suffix = '' then is_sale_observed else is_observed end as is_by_reading
    from sale_moments
    where fee_amount <> previous_fee_amount

),

adjustments as (

    select
        *,
        'adjustment' as entry_kind,
        later_id as entry_id,
        standing_amount - previous_standing_amount as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from sale_moments
    where suffix <> '' and standing_amount > previous_standing_amount

),

-- Money that went back without a word: the fall of what the order stands for. An order first met cancelled or refunded
-- was sold for its total and fell at once.
inferred as (

    select
        *,
        case when status = 'cancelled' then 'cancellation' else 'refund' end as entry_kind,
        later_id as entry_id,
        standing_amount - coalesce(previous_standing_amount, gross_amount) as amount,
        case when status = 'cancelled' then coalesce(cancelled_at, changed_at) else changed_at end as occurred_at,
        is_observed and (status <> 'cancelled' or cancelled_at is null) as is_by_reading
    from sale_moments
    where not has_refund_data and standing_amount < coalesce(previous_standing_amount, gross_amount)

),

reported as (

    select
        *,
        'refund' as entry_kind,
        later_id as entry_id,
        previous_refund_amount - highest_refund_amount as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from sale_moments
    where highest_refund_amount > previous_refund_amount

),

inferred_totals as (

    select
        order_key,
        -sum(amount) as inferred_amount
    from inferred
    group by order_key

),

-- Refunds that an inferred entry has posted already post no more.
counted_refunds as (

    select
        refunds.*,
        refunds.amount_to_date - coalesce(inferred_totals.inferred_amount, 0) as amount_open
    from {{ ref('int_ticket_refunds_counted') }} as refunds
    left join inferred_totals on refunds.order_key = inferred_totals.order_key

),

listed as (

    select
        sales.order_fingerprint,
        sales.organization_id,
        sales.event_key,
        sales.platform,
        sales.order_key,
        sales.sale_id,
        sales.timezone,
        'refund' as entry_kind,
        counted_refunds.refund_id as entry_id,
        -least(counted_refunds.amount_open, counted_refunds.amount) as amount,
        sales.currency,
        counted_refunds.refunded_at as occurred_at,
        false as is_by_reading,
        counted_refunds.extracted_at as first_seen_at
    from counted_refunds
    inner join sales on counted_refunds.order_key = sales.order_key
    where counted_refunds.amount_open > 0

),

entries as (

    {% for part in ['sales', 'fees', 'adjustments', 'inferred', 'reported'] -%}
    select
        order_fingerprint,
        organization_id,
        event_key,
        platform,
        order_key,
        sale_id,
        timezone,
        entry_kind,
        entry_id,
        amount,
        currency,
        occurred_at,
        is_by_reading,
        extracted_at as first_seen_at
    from {{ part }}

    union all

    {% endfor -%}
    select * from listed

),

final as (

    select
        order_fingerprint,
        order_key || '|' || entry_kind || '|' || entry_id as entry_key,
        organization_id,
        event_key,
        order_key,
        sale_id,
        platform,
        entry_kind,
        currency,
        cast(amount as decimal(18, 2)) as amount,
        is_by_reading,
        {{ ledgerline.local_date('occurred_at', 'timezone') }} as local_date,
        occurred_at,
        first_seen_at
    from entries

)

select * from final
