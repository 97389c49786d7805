-- What customers paid, in their organisation's currency.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

final as (

    select
        customer_number,
        -- A sum is wider than what it sums, and costs more wherever it is read: these are cents that a bigint holds.
        cast(sum(revenue_cents) as bigint) as revenue_cents,
        cast(sum(tips_cents) as bigint) as tips_cents,
        count(*) as payments,
        cast(sum(total_cents) as bigint) as gross_cents,
        cast(sum(refunded_cents) as bigint) as refunded_cents,
        cast(sum(gift_part_cents) as bigint) as gift_part_cents,
        cast(sum(case when is_by_gift_card then amount_cents else 0 end) as bigint)
            as redeemed_cents,
        {%- for days in (90, 365) %}
        cast(sum(case
            when window_days <= {{ days }} then revenue_cents else 0
        end) as bigint) as revenue_last_{{ days }}d_cents,
        {%- endfor %}
        min(created_at) as first_payment_at,
        max(created_at) as last_payment_at,
        min(first_extracted_at) as first_extracted_at,
        max(last_extracted_at) as last_extracted_at
    from {{ ref('int_square__payments_measured') }}
    where customer_number in (select customer_number from changed) and is_own_currency
    group by customer_number

)

select * from final
