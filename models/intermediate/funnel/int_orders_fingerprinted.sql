-- What is known of each order at the as-of, as one number: an order is made anew when it changes, be it that a version
-- landed, that the clock passed one, that an export means another order now, or that a rule changed.
with

clickfunnels as (

    select * from {{ ref('int_clickfunnels_orders_unioned') }}

),

spiffy as (

    select * from {{ ref('stg_clickfunnels__spiffy_events') }}

),

exports as (

    select * from {{ ref('int_order_exports_placed') }}

),

statuses as (

    select * from {{ ref('stg_settings__funnel_order_statuses') }}

),

versions as (

    select
        organization_id,
        'ClickFunnels' as order_source,
        source_order_id,
        row_number_hash,
        observed_at
    from clickfunnels

    union all

    select
        organization_id,
        'Spiffy' as order_source,
        source_order_id,
        {{ ledgerline.told_row_number('spiffy') }} as row_number_hash,
        {{ ledgerline.observed_at('updated_at') }} as observed_at
    from spiffy
    where greatest(updated_at, created_at) <= {{ ledgerline.as_of_instant() }}

    union all

    select
        organization_id,
        'ClickFunnels' as order_source,
        source_order_id,
        {{ ledgerline.told_row_number('exports') }} as row_number_hash,
        observed_at
    from exports

),

lines as (

    select
        concat_ws(
            '|', order_source, source_status, billing_status, cast(counts as varchar), cast(was_paid as varchar)
        ) as line
    from statuses

),

rules as (

    select md5(coalesce(string_agg(line, ';' order by {{ ledgerline.by_bytes('line') }}), '')) as rules
    from lines

),

orders as (

    select
        organization_id,
        order_source,
        source_order_id,
        sum(row_number_hash) as versions_hash,
        count(*) as version_count,
        count(observed_at) as observed_count
    from versions
    group by organization_id, order_source, source_order_id

),

final as (

    select
        orders.organization_id,
        orders.order_source,
        orders.source_order_id,
        {{ ledgerline.change_number(
            'orders.organization_id', 'orders.order_source', 'orders.source_order_id', 'orders.versions_hash',
            'orders.version_count', 'orders.observed_count', 'rules.rules'
        ) }} as order_fingerprint
    from orders
    cross join rules

)

select * from final
