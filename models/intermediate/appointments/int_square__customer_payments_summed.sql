-- What touched customers paid, in their organisation's currency.
with

touched as (

    select
        organization_id,
        canonical_customer_id
    from {{ ref('int_square__customers_touched') }}

),

final as (

    select
        payments.organization_id,
        payments.canonical_customer_id,
        sum(payments.revenue_cents) as revenue_cents,
        sum(payments.tips_cents) as tips_cents,
        count(*) as payments,
        sum(payments.total_cents) as gross_cents,
        sum(payments.refunded_cents) as refunded_cents,
        sum(payments.gift_part_cents) as gift_part_cents,
        sum(case when payments.is_by_gift_card then payments.amount_cents else 0 end) as redeemed_cents,
        {%- for days in (90, 365) %}
        sum(case
            when payments.created_at > {{ ledgerline.as_of_instant() }} - interval '{{ days * 24 }} hours'
                then payments.revenue_cents
            else 0
        end) as revenue_last_{{ days }}d_cents,
        {%- endfor %}
        min(payments.created_at) as first_payment_at,
        max(payments.created_at) as last_payment_at,
        min(payments.first_extracted_at) as first_extracted_at,
        max(payments.last_extracted_at) as last_extracted_at
    from {{ ref('int_square__payments_measured') }} as payments
    inner join touched
        on
            payments.organization_id = touched.organization_id
            and payments.canonical_customer_id = touched.canonical_customer_id
    where payments.is_own_currency
    group by payments.organization_id, payments.canonical_customer_id

)

select * from final
