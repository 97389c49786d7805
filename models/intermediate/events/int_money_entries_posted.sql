{{ config(materialized='kept', work='int_ticket_orders_fingerprinted', fingerprint='order_fingerprint') }}

-- Each movement of an order's money, from the versions of the order and its refunds, in the order in which they became
-- known. An entry rests on what was known when it was posted: what comes later adds entries and changes none.
with

order_fingerprints as (select * from {{ ref('int_ticket_orders_fingerprinted') }}),

{{ ledgerline.ticket_grosses_posted() }},

sale_moments as (

    select
        *,
        case
            when moment_number <> first_sold_number then changed_at
            when paid_at is not null then paid_at
            when status = 'cancelled' and first_paid_at is not null
                then
                    case
                        when {{ ledgerline.local_date('first_paid_at', 'timezone') }} = ordered_on then ordered_at
                        else first_paid_at
                    end
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
        is_observed
        and paid_at is null
        and last_payment_date is null
        and first_sold_number > 1
        and not (status = 'cancelled' and first_paid_at is not null) as is_sale_observed,
        case when moment_number = first_sold_number then '' else '/' || cast(moment_number as varchar) end as suffix,
        sale_id || '/' || cast(moment_number as varchar) as later_id
    from posted

),

sales as (

    select
        *,
        'sale' as entry_kind,
        sale_id as entry_id,
        posted_gross_amount as amount,
        posted_at as occurred_at,
        is_sale_observed as is_by_reading
    from sale_moments
    where moment_number = first_sold_number

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
        gross_change as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from sale_moments
    where gross_change <> 0

),

-- Money that went back without a word: the fall of what the order stands for. An order first met cancelled or refunded
-- was sold for its total and fell at once. When it comes back, what it fell by comes back.
inferred as (

    select
        *,
        case when status = 'cancelled' then 'cancellation' else 'refund' end as entry_kind,
        later_id as entry_id,
        standing_amount - coalesce(previous_standing_amount, first_gross_amount) as amount,
        case when status = 'cancelled' then coalesce(cancelled_at, changed_at) else changed_at end as occurred_at,
        is_observed and (status <> 'cancelled' or cancelled_at is null) as is_by_reading
    from sale_moments
    where not has_refund_data and standing_amount < coalesce(previous_standing_amount, first_gross_amount)

    union all

    select
        *,
        case when previous_status = 'cancelled' then 'cancellation' else 'refund' end as entry_kind,
        later_id as entry_id,
        least(standing_amount, open_amount) as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from sale_moments
    where
        was_ended
        and not is_ended
        and not has_refund_data
        and least(standing_amount, open_amount) > 0

),

reported as (

    select
        *,
        'refund' as entry_kind,
        later_id as entry_id,
        previous_refund_amount - reported_refund_amount as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from sale_moments
    where reported_refund_amount <> previous_refund_amount

),

inferred_totals as (

    select
        order_key,
        -sum(amount) as inferred_amount,
        max(case when entry_kind = 'cancellation' then 1 else 0 end) = 1 as has_cancellation
    from inferred
    group by order_key

),

-- From here on pretix lists the refunds of an order of which some were inferred.
listings as (

    select
        sale_moments.*,
        case when inferred_totals.has_cancellation then 'cancellation' else 'refund' end as entry_kind,
        inferred_totals.inferred_amount,
        least(inferred_totals.inferred_amount, sale_moments.listed_refund_amount) as absorbed_amount
    from sale_moments
    inner join inferred_totals on sale_moments.order_key = inferred_totals.order_key
    where
        sale_moments.platform = 'pretix'
        and sale_moments.has_refund_data
        and not sale_moments.had_refund_data

),

-- What was inferred beyond the listed refunds did not go back.
taken_back as (

    select
        *,
        later_id as entry_id,
        inferred_amount - absorbed_amount as amount,
        changed_at as occurred_at,
        is_observed as is_by_reading
    from listings
    where inferred_amount > absorbed_amount

),

-- Refunds that an inferred entry has posted already post no more.
counted_refunds as (

    select
        refunds.*,
        case
            when listings.order_key is null
                then greatest(refunds.amount_to_date - coalesce(inferred_totals.inferred_amount, 0), 0)
            when refunds.changed_at <= listings.changed_at
                then greatest(refunds.amount_to_date - listings.absorbed_amount, 0)
            else refunds.amount_to_date - listings.absorbed_amount
        end as open_to_date
    from {{ ref('int_ticket_refunds_counted') }} as refunds
    left join inferred_totals on refunds.order_key = inferred_totals.order_key
    left join listings on refunds.order_key = listings.order_key

),

refund_changes as (

    select
        *,
        coalesce(
            lag(open_to_date) over (
                partition by order_key
                order by changed_at, refunded_at, {{ ledgerline.by_bytes('change_id') }}
            ), 0
        ) - open_to_date as change_amount
    from counted_refunds

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
        refund_changes.change_id as entry_id,
        refund_changes.change_amount as amount,
        sales.currency,
        refund_changes.refunded_at as occurred_at,
        refund_changes.is_by_reading,
        refund_changes.extracted_at as first_seen_at
    from refund_changes
    inner join sales on refund_changes.order_key = sales.order_key
    where refund_changes.change_amount <> 0

),

entries as (

    {% for part in ['sales', 'fees', 'adjustments', 'inferred', 'reported', 'taken_back'] -%}
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
