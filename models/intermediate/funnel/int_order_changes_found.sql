-- How each order's status, total, test flag and deletion changed, in the order in which the source changed them.
-- Versions that say the same as their neighbour are one; the first row starts when the order was placed. An order that
-- was paid for sure, and that nobody saw before it stopped counting, gets the paid row that must have been before.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.forget_changed(ref('int_orders_fingerprinted'), 'order_fingerprint') }}"
) }}

with

changed_orders as (

    {{ ledgerline.not_kept(ref('int_orders_fingerprinted'), 'order_fingerprint') }}

),

versions as (

    select versions.*
    from {{ ref('int_order_versions_unioned') }} as versions
    inner join changed_orders on versions.order_fingerprint = changed_orders.order_fingerprint

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
        coalesce(statuses.counts, false) and not filled.is_test and not filled.is_deleted as is_counted
    from filled
    left join statuses
        on
            filled.order_source = statuses.order_source
            and {{ ledgerline.plain_word('filled.source_status') }} = statuses.source_status
    where filled.instant_rank = 1

),

compared as (

    select
        *,
        row_number() over order_versions as version_number,
        lag(coalesce(billing_status, '') || '|' || coalesce(cast(order_total as varchar), '')) over order_versions
            as state_before,
        coalesce(billing_status, '') || '|' || coalesce(cast(order_total as varchar), '') as state,
        lag(is_test) over order_versions as is_test_before,
        lag(is_deleted) over order_versions as is_deleted_before
    from judged
    window order_versions as (partition by order_fingerprint order by changed_at)

),

changed as (

    select
        order_fingerprint,
        organization_id,
        order_id,
        input,
        -- A first version is what the order was when it was placed.
        case when version_number = 1 then least(coalesce(order_created_at, changed_at), changed_at) else changed_at end
            as changed_at,
        order_currency as currency,
        billing_status,
        order_total,
        is_test,
        is_deleted,
        was_paid,
        is_counted,
        false as is_inferred
    from compared
    where
        version_number = 1
        or state <> state_before
        or is_test <> is_test_before
        or is_deleted <> is_deleted_before

),

-- The refunded row itself keeps its own time.
first_versions as (

    select
        *,
        was_paid and not is_status_counted and coalesce(order_created_at, changed_at) < changed_at as has_paid_before
    from compared
    where version_number = 1

),

with_inferred as (

    select
        changed.order_fingerprint,
        changed.organization_id,
        changed.order_id,
        changed.input,
        case
            when first_versions.has_paid_before and changed.changed_at = first_versions.order_created_at
                then first_versions.changed_at
            else changed.changed_at
        end as changed_at,
        changed.currency,
        changed.billing_status,
        changed.order_total,
        changed.is_test,
        changed.is_deleted,
        changed.was_paid,
        changed.is_counted,
        changed.is_inferred
    from changed
    inner join first_versions
        on changed.order_fingerprint = first_versions.order_fingerprint

    union all

    select
        order_fingerprint,
        organization_id,
        order_id,
        input,
        order_created_at as changed_at,
        order_currency as currency,
        'paid' as billing_status,
        order_total,
        is_test,
        false as is_deleted,
        true as was_paid,
        not is_test as is_counted,
        true as is_inferred
    from first_versions
    where has_paid_before

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
        case when is_counted then order_total else 0 end as counted_total
    from with_inferred
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
        coalesce(was_counted, false) as was_counted,
        is_inferred,
        coalesce(is_previous_inferred, false) as is_previous_inferred,
        valid_to_at is null as is_current,
        cast(
            counted_total
            - coalesce(lag(counted_total) over (partition by order_fingerprint order by change_number), 0)
            as decimal(18, 2)
        ) as revenue_delta_amount,
        input
    from numbered

)

select * from final
