-- How each order's status, total, test flag and deletion changed, in the order in which the source changed them.
-- Versions that say the same as their neighbour are one; the first row starts when the order was placed. An order that
-- was paid for sure, and that nobody saw before it stopped counting, gets the paid row that must have been before;
-- where nothing says when it stopped, it did when we first saw it.
{{ config(materialized='kept', work='int_orders_fingerprinted', fingerprint='order_fingerprint') }}

with

order_fingerprints as (select * from {{ ref('int_orders_fingerprinted') }}),

versions as (

    select versions.*
    from {{ ref('int_order_versions_unioned') }} as versions
    inner join order_fingerprints on versions.order_fingerprint = order_fingerprints.order_fingerprint

),

orders as (

    select * from {{ ref('int_orders_deduped') }}

),

statuses as (

    select
        order_source,
        {{ ledgerline.plain_word('source_status') }} as source_status,
        billing_status,
        counts,
        was_paid
    from {{ ref('stg_settings__funnel_order_statuses') }}

),

-- Of several versions of one instant the newest landed holds.
instants as (

    select
        versions.*,
        orders.order_id,
        orders.created_at as order_created_at,
        orders.currency as order_currency,
        row_number() over (
            partition by versions.order_fingerprint, versions.changed_at
            order by versions.version_rank
        ) as instant_rank,
        count(versions.source_status) over version_order as statuses_so_far,
        count(versions.order_total) over version_order as totals_so_far,
        count(versions.is_test) over version_order as tests_so_far,
        max(case when versions.is_deletion then 1 else 0 end) over version_order as deletions_so_far
    from versions
    inner join orders
        on versions.order_fingerprint = orders.order_fingerprint
    window version_order as (partition by versions.order_fingerprint order by versions.version_rank desc)

),

-- What a version leaves out is as it was before.
filled as (

    select
        order_fingerprint,
        organization_id,
        order_source,
        order_id,
        input,
        changed_at,
        observed_at,
        version_rank,
        instant_rank,
        order_created_at,
        order_currency,
        max(source_status) over (partition by order_fingerprint, statuses_so_far) as source_status,
        max(order_total) over (partition by order_fingerprint, totals_so_far) as order_total,
        coalesce(
            max(case when is_test then 1 when not is_test then 0 end)
                over (partition by order_fingerprint, tests_so_far),
            0
        ) = 1 as is_test,
        deletions_so_far = 1 as is_deleted
    from instants

),

judged as (

    select
        filled.*,
        coalesce(statuses.billing_status, {{ ledgerline.plain_word('filled.source_status') }}) as billing_status,
        coalesce(statuses.counts, false) as is_status_counted,
        coalesce(statuses.was_paid, false) as was_paid,
        coalesce(statuses.counts, false) and not filled.is_test and not filled.is_deleted as is_counted,
        min(filled.observed_at) over (
            partition by
                filled.order_fingerprint,
                filled.changed_at,
                {{ ledgerline.plain_word('filled.source_status') }}
        ) as first_observed_at
    from filled
    left join statuses
        on
            filled.order_source = statuses.order_source
            and {{ ledgerline.plain_word('filled.source_status') }} = statuses.source_status

),

compared as (

    select
        *,
        row_number() over order_versions as version_number,
        lag(coalesce(billing_status, '') || '|' || coalesce(cast(order_total as varchar), '')) over order_versions
            as state_before,
        coalesce(billing_status, '') || '|' || coalesce(cast(order_total as varchar), '') as state,
        lag(is_test) over order_versions as is_test_before,
        lag(is_deleted) over order_versions as is_deleted_before,
        lead(changed_at) over order_versions as next_changed_at
    from judged
    where instant_rank = 1
    window order_versions as (partition by order_fingerprint order by changed_at)

),

placed as (

    select
        *,
        least(coalesce(order_created_at, changed_at), changed_at) as placed_at,
        version_number = 1 and was_paid and not is_status_counted as has_paid_before,
        case
            when next_changed_at is null then greatest(coalesce(first_observed_at, changed_at), changed_at)
            else changed_at
        end as left_at
    from compared
    where
        version_number = 1
        or state <> state_before
        or is_test <> is_test_before
        or is_deleted <> is_deleted_before

),

with_inferred as (

    select
        order_fingerprint,
        organization_id,
        order_id,
        input,
        -- A first version is what the order was when it was placed, but for one that was paid before.
        case when has_paid_before then left_at when version_number = 1 then placed_at else changed_at end as changed_at,
        order_currency as currency,
        billing_status,
        order_total,
        is_test,
        is_deleted,
        was_paid,
        is_counted,
        false as is_inferred
    from placed

    union all

    select
        order_fingerprint,
        organization_id,
        order_id,
        input,
        placed_at as changed_at,
        order_currency as currency,
        'paid' as billing_status,
        order_total,
        is_test,
        false as is_deleted,
        true as was_paid,
        not is_test as is_counted,
        true as is_inferred
    from placed
    where has_paid_before

),

valued as (

    select
        *,
        billing_status in ('refunded', 'disputed') and was_paid and not is_test as is_paid_back
    from with_inferred

),

numbered as (

    select
        *,
        row_number() over order_changes as change_number,
        lead(changed_at) over order_changes as valid_to_at,
        lag(billing_status) over order_changes as previous_status,
        lag(order_total) over order_changes as previous_total_amount,
        lag(is_counted) over order_changes as was_counted,
        lag(is_inferred) over order_changes as is_previous_inferred,
        case when is_counted then order_total else 0 end as counted_total,
        case when is_counted or is_paid_back then order_total else 0 end as sold_total
    from valued
    window order_changes as (partition by order_fingerprint order by changed_at asc, is_inferred desc)

),

final as (

    select
        order_fingerprint,
        organization_id,
        order_id,
        change_number,
        changed_at,
        {{ ledgerline.local_date('changed_at', ledgerline.reporting_zone()) }} as changed_date,
        valid_to_at,
        previous_status,
        billing_status,
        previous_total_amount,
        order_total,
        currency,
        is_test,
        is_deleted,
        was_paid,
        is_counted,
        is_paid_back,
        coalesce(was_counted, false) as was_counted,
        is_inferred,
        coalesce(is_previous_inferred, false) as is_previous_inferred,
        valid_to_at is null as is_current,
        cast(
            counted_total
            - coalesce(lag(counted_total) over (partition by order_fingerprint order by change_number), 0)
            as decimal(18, 2)
        ) as revenue_delta_amount,
        -- What was given back was sold all the same.
        cast(
            coalesce(sold_total, 0)
            - coalesce(lag(sold_total) over (partition by order_fingerprint order by change_number), 0)
            as decimal(18, 2)
        ) as sold_delta_amount,
        input
    from numbered

)

select * from final
