{#- Number, name, whether it is a memo; what a payment adds, and which payments do. -#}
{%- set bridge_lines = [
    (10, 'collected', false, 'total_cents', 'is_own_currency'),
    (20, 'refunded', false, '-refunded_cents', 'is_own_currency and refunded_cents > 0'),
    (30, 'tips', false, '-tips_cents', 'is_own_currency and tips_cents > 0'),
    (40, 'gift_card_sales', false, '-gift_sale_cents', 'is_own_currency and gift_sale_cents > 0'),
    (50, 'location_revenue', false, 'revenue_cents', 'is_own_currency'),
    (60, 'unattributed', false, '-revenue_cents', 'is_own_currency and customer_number is null'),
    (70, 'customer_revenue', false, 'revenue_cents', 'is_own_currency and customer_number is not null'),
    (80, 'unknown_location', true, 'revenue_cents', 'is_own_currency and is_at_unknown_location'),
    (90, 'unlinked_refunds', true, none, none),
    (95, 'other_currency', true, 'total_cents', 'not is_own_currency')
] -%}
with

payments as (

    select
        *,
        {{ ledgerline.first_of_month('payment_date') }} as month
    from {{ ref('int_square__payments_measured') }}

),

known_payments as (

    select * from {{ ref('int_square__payments_unioned') }}

),

refunds as (

    select * from {{ ref('int_square__refunds_unioned') }}
    where created_at <= {{ ledgerline.as_of_instant() }}

),

locations as (

    select * from {{ ref('int_square__locations_named') }}

),

placed as (

    select
        payments.*,
        coalesce(locations.location_name, 'Unknown location') = 'Unknown location' as is_at_unknown_location
    from payments
    left join locations
        on payments.organization_id = locations.organization_id and payments.location_id = locations.location_id

),

unlinked_refunds as (

    select
        refunds.organization_id,
        refunds.amount_cents,
        {{ ledgerline.first_of_month(ledgerline.local_date(
            'refunds.created_at',
            'coalesce(refunds.time_zone, locations.time_zone, ' ~ ledgerline.reporting_zone() ~ ')'
        )) }} as month
    from refunds
    left join known_payments
        on
            refunds.organization_id = known_payments.organization_id
            and refunds.payment_id = known_payments.payment_id
    left join locations
        on refunds.organization_id = locations.organization_id and refunds.location_id = locations.location_id
    where known_payments.payment_id is null

),

payment_months as (

    select
        {%- for line_no, line, is_memo, amount, condition in bridge_lines if amount %}
        sum(case when {{ condition }} then {{ amount }} end) as {{ line }}_cents,
        count(case when {{ condition }} then 1 end) as {{ line }}_count,
        {%- endfor %}
        organization_id,
        month
    from placed
    group by organization_id, month

),

refund_months as (

    select
        organization_id,
        month,
        sum(amount_cents) as unlinked_refunds_cents,
        count(*) as unlinked_refunds_count
    from unlinked_refunds
    group by organization_id, month

),

months as (

    select
        organization_id,
        month
    from payment_months

    union

    select
        organization_id,
        month
    from refund_months

),

summed as (
    {% for line_no, line, is_memo, amount, condition in bridge_lines %}
    select
        organization_id,
        month,
        {{ line_no }} as line_no,
        {{ line }}_cents as amount_cents,
        {{ line }}_count as payment_count
    from {{ 'payment_months' if amount else 'refund_months' }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

bridge_lines as (
    {% for line_no, line, is_memo, amount, condition in bridge_lines %}
    select
        {{ line_no }} as line_no,
        '{{ line }}' as line,
        {{ is_memo }} as is_memo
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

delivered as (

    select * from {{ ref('int_square__inputs_delivered') }}

),

final as (

    select
        -- ids
        months.organization_id,
        cast(bridge_lines.line_no as integer) as line_no,

        -- texts
        bridge_lines.line,

        -- numerics
        -- Refunds alone say nothing of payments.
        case
            when bridge_lines.line = 'unlinked_refunds' then cast(coalesce(summed.amount_cents, 0) as bigint)
            else {{ ledgerline.square_known('summed.amount_cents', ['payments', 'orders'], 'bigint') }}
        end as amount_cents,
        case
            when bridge_lines.line = 'unlinked_refunds' then cast(coalesce(summed.payment_count, 0) as integer)
            else {{ ledgerline.square_known('summed.payment_count', ['payments'], 'integer') }}
        end as payment_count,

        -- booleans
        bridge_lines.is_memo,

        -- dates
        months.month

    from months
    cross join bridge_lines
    left join summed
        on
            months.organization_id = summed.organization_id
            and months.month = summed.month
            and bridge_lines.line_no = summed.line_no
    left join delivered on months.organization_id = delivered.organization_id

)

select * from final
