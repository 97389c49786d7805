with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

capacities as (

    select * from {{ ref('int_event_capacities_derived') }}

),

comparisons as (

    select * from {{ ref('int_event_sales_compared') }}

),

previous_events as (

    select * from {{ ref('int_previous_events_found') }}

),

tickets as (

    select * from {{ ref('int_event_tickets_counted') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

money as (

    select
        event_key,
        sum(gross_amount) as gross_amount,
        sum(refund_amount) as refund_amount,
        sum(fee_amount) as fee_amount
    from {{ ref('view_event_daily_sales') }}
    group by event_key

),

orders as (

    select
        event_key,
        count(distinct order_key) as orders_count,
        count(
            distinct case
                when occurred_at > {{ ledgerline.as_of_instant() }} - interval '60 minutes' then order_key
            end
        ) as orders_last_hour
    from {{ ref('int_money_entries_posted') }}
    where
        entry_kind = 'sale'
        and occurred_at <= {{ ledgerline.as_of_instant() }}
    group by event_key

),

shares as (

    select
        event_key,
        max(case when bucket = 'male' then share_percent end) as male_percent,
        max(case when bucket = 'female' then share_percent end) as female_percent,
        max(case when bucket = 'other' then share_percent end) as other_percent,
        max(case when bucket = '<18' then share_percent end) as under_18_percent,
        max(case when bucket = '18-24' then share_percent end) as age_18_24_percent,
        max(case when bucket = '25-34' then share_percent end) as age_25_34_percent,
        max(case when bucket = '35+' then share_percent end) as age_35_plus_percent,
        max(case when dimension = 'gender' then coverage_percent end) as gender_coverage_percent,
        max(case when dimension = 'age' then coverage_percent end) as age_coverage_percent
    from {{ ref('view_event_demographics') }}
    group by event_key

),

ad_spend as (

    select
        event_key,
        sum(spend_amount) as spend_amount
    from {{ ref('event_ad_spend') }}
    group by event_key

),

joined as (

    select
        events.*,
        capacities.tickets_total,
        inputs.orders_without_list,
        comparisons.comparator_basis,
        comparisons.total_sales_current,
        comparisons.total_sales_previous,
        previous_events.previous_event_key as compared_event_key,
        case when inputs.knows_tickets then coalesce(tickets.tickets_sold, 0) end as tickets_sold,
        case when inputs.knows_lists then coalesce(tickets.tickets_complimentary, 0) end as tickets_complimentary,
        case when inputs.knows_lists then coalesce(tickets.tickets_checked_in, 0) end as tickets_checked_in,
        case when inputs.knows_tickets then coalesce(tickets.tickets_pending, 0) end as tickets_pending,
        case when inputs.knows_tickets then coalesce(tickets.tickets_last_hour, 0) end as tickets_last_hour,
        case when inputs.knows_tickets then coalesce(tickets.tickets_last_7_days, 0) end as tickets_last_7_days,
        case when inputs.knows_money then coalesce(money.gross_amount, 0) end as gross_amount,
        case when inputs.knows_money then coalesce(money.refund_amount, 0) end as refund_amount,
        case when inputs.knows_money then coalesce(money.fee_amount, 0) end as fee_amount,
        case when inputs.knows_money then coalesce(orders.orders_count, 0) end as orders_count,
        case when inputs.knows_money then coalesce(orders.orders_last_hour, 0) end as orders_last_hour,
        shares.male_percent,
        shares.female_percent,
        shares.other_percent,
        shares.under_18_percent,
        shares.age_18_24_percent,
        shares.age_25_34_percent,
        shares.age_35_plus_percent,
        shares.gender_coverage_percent,
        shares.age_coverage_percent,
        ad_spend.spend_amount as ad_spend_amount
    from events
    inner join capacities on events.event_key = capacities.event_key
    inner join comparisons on events.event_key = comparisons.event_key
    inner join previous_events on events.event_key = previous_events.event_key
    inner join inputs on events.event_key = inputs.event_key
    inner join shares on events.event_key = shares.event_key
    left join tickets on events.event_key = tickets.event_key
    left join money on events.event_key = money.event_key
    left join orders on events.event_key = orders.event_key
    left join ad_spend on events.event_key = ad_spend.event_key

),

derived as (

    select
        *,
        {{ ledgerline.display_percent('total_sales_current - total_sales_previous', 'total_sales_previous') }}
            as total_sales_trend,
        {{ ledgerline.display_percent('tickets_sold', 'tickets_total') }} as tickets_percentage,
        {{ ledgerline.velocity_status('tickets_last_hour') }} as sales_velocity_status,
        -- Orders that count their positions count the complimentary ones too.
        case
            when tickets_total is not null and tickets_sold is not null
                then greatest(tickets_total - tickets_sold - coalesce(tickets_complimentary, 0), 0)
        end as tickets_remaining,
        gross_amount - refund_amount as total_sales_to_date
    from joined

),

paced as (

    select
        *,
        case
            when starts_at <= {{ ledgerline.as_of_instant() }} then null
            when tickets_remaining = 0 then 0
            -- Rounded up: the day on which the last one goes.
            else {{ ledgerline.divide_integers(
                '7 * tickets_remaining + tickets_last_7_days - 1', 'nullif(tickets_last_7_days, 0)'
            ) }}
        end as days_to_sell_out,
        case
            when coalesce(tickets_last_7_days, 0) = 0 then null
            when tickets_last_hour * 168 < {{ var('velocity_quiet_ratio') }} * tickets_last_7_days then 'quiet'
            when tickets_last_hour * 168 >= {{ var('velocity_peak_ratio') }} * tickets_last_7_days then 'peak'
            else 'steady'
        end as sales_velocity_relative_status,
        '{"gender":{"male":' || coalesce(cast(male_percent as varchar), 'null')
        || ',"female":' || coalesce(cast(female_percent as varchar), 'null')
        || ',"other":' || coalesce(cast(other_percent as varchar), 'null')
        || '},"age":{"18-24":' || coalesce(cast(age_18_24_percent as varchar), 'null')
        || ',"25-34":' || coalesce(cast(age_25_34_percent as varchar), 'null')
        || ',"35+":' || coalesce(cast(age_35_plus_percent as varchar), 'null')
        || '}}' as demographics
    from derived

),

final as (

    select
        -- ids
        organization_id,
        event_key,

        -- texts
        name,
        timezone,
        currency,
        sales_velocity_status,
        sales_velocity_relative_status,
        comparator_basis,
        compared_event_key as previous_event_key,
        '{{ var("comparator") }}' as comparator,
        demographics,
        '{"totalSales":{"current":' || coalesce(cast(total_sales_current as varchar), 'null')
        || ',"previous":' || coalesce(cast(total_sales_previous as varchar), 'null')
        || ',"trend":' || coalesce(cast(total_sales_trend as varchar), 'null')
        || '},"ticketsSold":{"sold":' || coalesce(cast(tickets_sold as varchar), 'null')
        || ',"total":' || coalesce(cast(tickets_total as varchar), 'null')
        || ',"percentage":' || coalesce(cast(tickets_percentage as varchar), 'null')
        || '},"demographics":' || demographics
        || ',"salesVelocity":{"current":' || coalesce(cast(tickets_last_hour as varchar), 'null')
        || ',"status":' || coalesce('"' || sales_velocity_status || '"', 'null') || '}}' as payload,

        -- money, in the event's currency
        total_sales_current,
        total_sales_previous,
        total_sales_trend,
        cast(total_sales_to_date as decimal(18, 2)) as total_sales_to_date,
        cast(gross_amount as decimal(18, 2)) as gross_sales_amount,
        cast(refund_amount as decimal(18, 2)) as refund_amount,
        cast(fee_amount as decimal(18, 2)) as fee_amount,
        cast(total_sales_to_date - fee_amount as decimal(18, 2)) as net_sales_amount,
        {{ ledgerline.amount_per('total_sales_to_date', 'tickets_sold') }} as average_ticket_amount,
        cast(ad_spend_amount as decimal(18, 2)) as ad_spend_amount,
        {{ ledgerline.amount_per('ad_spend_amount', 'tickets_sold') }} as ad_cost_per_ticket_amount,

        -- counts and shares
        cast(tickets_sold as integer) as tickets_sold,
        cast(tickets_total as integer) as tickets_total,
        tickets_percentage,
        cast(tickets_remaining as integer) as tickets_remaining,
        cast(tickets_complimentary as integer) as tickets_complimentary,
        cast(tickets_checked_in as integer) as tickets_checked_in,
        cast(tickets_pending as integer) as tickets_pending,
        cast(orders_count as integer) as orders_count,
        cast(orders_without_list as integer) as orders_without_ticket_list,
        cast(tickets_last_hour as integer) as sales_velocity_current,
        cast(orders_last_hour as integer) as sales_velocity_orders,
        cast(tickets_last_7_days as integer) as tickets_last_7_days,
        {{ ledgerline.amount_from_cents_ratio('16800 * tickets_last_hour', 'tickets_last_7_days') }}
            as sales_velocity_ratio,
        male_percent as gender_male_percent,
        female_percent as gender_female_percent,
        other_percent as gender_other_percent,
        under_18_percent as age_under_18_percent,
        age_18_24_percent,
        age_25_34_percent,
        age_35_plus_percent,
        gender_coverage_percent,
        age_coverage_percent,
        cast(starts_on - as_of_date as integer) as days_to_event,
        cast(days_to_sell_out as integer) as days_to_sell_out,

        -- dates, in the event's zone
        as_of_date,
        as_of_date + cast(days_to_sell_out as integer) as sell_out_date,

        -- timestamps
        starts_at,
        {{ ledgerline.as_of_instant() }} as as_of

    from paced

)

select * from final
