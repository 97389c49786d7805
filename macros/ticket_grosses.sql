{#- What each sale of changed orders came to, moment by moment, from the first on which it was sold: CTEs that end with
    `posted`. One part of int_money_entries_posted, which would be too long to read with it. -#}
{% macro ticket_grosses_posted() -%}
moments as (

    select
        sequenced.*,
        sequenced.status in ('valid', 'refunded', 'fee_kept')
        or sequenced.paid_at is not null
        or (
            -- It was sold before it was cancelled: money came in.
            sequenced.status = 'cancelled'
            and (coalesce(sequenced.is_paid, false) or coalesce(sequenced.listed_paid_amount, 0) > 0)
        ) as is_sold,
        sequenced.status in ('cancelled', 'refunded') as is_ended,
        -- Whether each moment tells the whole gross, whatever was told before it.
        sequenced.platform = 'hi_events'
        or (sequenced.platform = 'pretix' and sequenced.has_refund_data) as is_told
    from {{ ref('int_ticket_sales_sequenced') }} as sequenced
    inner join order_fingerprints on sequenced.order_fingerprint = order_fingerprints.order_fingerprint

),

-- What an order came to, and what it stands for after each moment, as far as that moment says. pretix lowers the total
-- of what it refunds: that was paid in too, as far as payments are listed. Where refunds are listed and the gross is not
-- told, they alone take money back: a cancelled version says nothing of its own, and a lower total posts nothing.
weighed as (

    select
        *,
        case
            when not is_told then null
            when platform = 'hi_events' and status = 'cancelled'
                then case when is_paid then gross_amount when not is_paid then 0 end
            when platform = 'hi_events' then case when is_sold then gross_amount end
            when status = 'cancelled'
                then
                    case
                        when listed_paid_amount > 0
                            then least(gross_amount + listed_refund_amount, listed_paid_amount)
                    end
            -- What was kept is all that did not go back, even where the payment itself is not listed.
            when status = 'fee_kept' and listed_paid_amount = 0 then gross_amount + listed_refund_amount
            when is_sold
                then greatest(gross_amount, least(gross_amount + listed_refund_amount, listed_paid_amount))
        end as told_gross_amount,
        case
            when is_told then null
            when is_ended then case when not has_refund_data then 0 end
            when is_sold then gross_amount
        end as standing_amount
    from moments

),

-- Most sales have one moment, and need not be compared with any other.
sales_retold as (

    select distinct
        order_key,
        sale_id
    from weighed
    where moment_number = 2

),

numbered as (

    select
        weighed.order_key,
        weighed.sale_id,
        weighed.moment_number,
        weighed.platform,
        weighed.status,
        weighed.gross_amount,
        weighed.fee_amount,
        weighed.reported_refund_amount,
        weighed.listed_paid_amount,
        weighed.has_refund_data,
        weighed.is_ended,
        weighed.is_told,
        weighed.told_gross_amount,
        weighed.standing_amount,
        min(case when weighed.is_sold then weighed.moment_number end) over (
            partition by weighed.order_key, weighed.sale_id
        ) as first_sold_number
    from weighed
    inner join sales_retold
        on
            weighed.order_key = sales_retold.order_key
            and weighed.sale_id = sales_retold.sale_id

),

-- From the first moment on at which it was sold.
sold as (

    select
        *,
        first_value(gross_amount) over (partition by order_key, sale_id order by moment_number) as first_gross_amount
    from numbered
    where moment_number >= first_sold_number

),

-- Moments that say nothing of the standing are passed over.
compared as (

    select
        *,
        {% set same_sale = 'partition by order_key, sale_id' -%}
        {% set standing = same_sale ~ ', standing_amount is null' -%}
        lag(standing_amount) over ({{ standing }} order by moment_number) as previous_standing_amount,
        coalesce(lag(is_ended) over ({{ standing }} order by moment_number), false) as was_ended,
        lag(status) over ({{ standing }} order by moment_number) as previous_status,
        coalesce(
            lag(standing_amount) over ({{ standing }}, is_ended order by moment_number), first_gross_amount
        ) as open_amount,
        -- A version that states no fee changes none.
        coalesce(
            lag(fee_amount) over ({{ same_sale }}, fee_amount is null order by moment_number), 0
        ) as previous_fee_amount,
        coalesce(
            lag(reported_refund_amount) over ({{ same_sale }}, reported_refund_amount is null order by moment_number), 0
        ) as previous_refund_amount,
        lag(has_refund_data) over ({{ same_sale }} order by moment_number) as had_refund_data
    from sold

),

-- The gross after each moment: what is told, or else the sum of what was added.
grown as (

    select
        *,
        case
            when is_told then told_gross_amount
            else
                sum(
                    case
                        when moment_number = first_sold_number then gross_amount
                        when is_ended then 0
                        when has_refund_data
                            then greatest(standing_amount - coalesce(previous_standing_amount, first_gross_amount), 0)
                        else greatest(standing_amount - open_amount, 0)
                    end
                ) over (partition by order_key, sale_id order by moment_number)
        end as known_gross_amount
    from compared

),

-- Payments rows without a payment do not tell all: they only add to what was known.
grouped as (

    select
        *,
        count(
            case
                when platform = 'pretix' and is_told and listed_paid_amount = 0 then null
                else known_gross_amount
            end
        ) over (partition by order_key, sale_id order by moment_number) as telling_number
    from grown

),

gathered as (

    select
        *,
        max(known_gross_amount) over (
            partition by order_key, sale_id, telling_number order by moment_number
        ) as posted_gross_amount
    from grouped

),

followed as (

    select
        *,
        posted_gross_amount
        - lag(posted_gross_amount) over (partition by order_key, sale_id order by moment_number) as gross_change
    from gathered

),

posted as (

    select
        weighed.*,
        followed.previous_standing_amount,
        followed.previous_status,
        followed.had_refund_data,
        followed.gross_change,
        coalesce(followed.first_sold_number, 1) as first_sold_number,
        coalesce(followed.was_ended, false) as was_ended,
        coalesce(followed.previous_fee_amount, 0) as previous_fee_amount,
        coalesce(followed.previous_refund_amount, 0) as previous_refund_amount,
        case
            when followed.order_key is not null then followed.first_gross_amount
            else weighed.gross_amount
        end as first_gross_amount,
        case
            when followed.order_key is not null then followed.open_amount
            else weighed.gross_amount
        end as open_amount,
        case
            when followed.order_key is not null then followed.posted_gross_amount
            when weighed.is_told then weighed.told_gross_amount
            else weighed.gross_amount
        end as posted_gross_amount
    from weighed
    left join followed
        on
            weighed.order_key = followed.order_key
            and weighed.sale_id = followed.sale_id
            and weighed.moment_number = followed.moment_number
    left join sales_retold
        on
            weighed.order_key = sales_retold.order_key
            and weighed.sale_id = sales_retold.sale_id
    where
        followed.order_key is not null
        or (weighed.is_sold and sales_retold.order_key is null)

)
{%- endmacro %}
