-- What touched customers paid, in their organisation's currency.
with

touched as (

    select customer_number from {{ ref('int_square__customers_touched') }}

),

final as (

    select
        payments.customer_number,
        -- A sum is wider than what it sums, and costs more wherever it is read: these are cents that a bigint holds.
        cast(sum(payments.revenue_cents) as bigint) as revenue_cents,
        cast(sum(payments.tips_cents) as bigint) as tips_cents,
        count(*) as payments,
        cast(sum(payments.total_cents) as bigint) as gross_cents,
        cast(sum(payments.refunded_cents) as bigint) as refunded_cents,
        cast(sum(payments.gift_part_cents) as bigint) as gift_part_cents,
        cast(sum(case when payments.is_by_gift_card then payments.amount_cents else 0 end) as bigint)
            as redeemed_cents,
        {%- for days in (90, 365) %}
        cast(sum(case
            when payments.created_at > {{ ledgerline.as_of_instant() }} - interval '{{ days * 24 }} hours'
                then payments.revenue_cents
            else 0
        end) as bigint) as revenue_last_{{ days }}d_cents,
        {%- endfor %}
        min(payments.created_at) as first_payment_at,
        max(payments.created_at) as last_payment_at,
        min(payments.first_extracted_at) as first_extracted_at,
        max(payments.last_extracted_at) as last_extracted_at
    from {{ ref('int_square__payments_measured') }} as payments
    inner join touched on payments.customer_number = touched.customer_number
    where payments.is_own_currency
    group by payments.customer_number

)

select * from final
