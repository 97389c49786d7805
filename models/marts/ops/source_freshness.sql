{%- set told = [
    ('ads', 'ad_performance', 'organization_id', ledgerline.midnight('date')),
    ('attendance', 'stg_attendance__platform_counts', 'organization_id', ledgerline.midnight('date')),
    ('box_office', 'stg_box_office__reports', 'organization_id', 'report_run_at'),
    ('clickfunnels', 'int_contact_records_unioned', 'organization_id', 'told_at'),
    ('clickfunnels', 'int_clickfunnels_orders_unioned', 'organization_id', 'changed_at'),
    ('cruva', 'stg_cruva__syncs', 'client_id', ledgerline.midnight('sync_date')),
    ('loyalty', 'stg_loyalty__users', 'client_id', 'updated_at'),
    ('loyalty', 'stg_loyalty__users', 'client_id', ledgerline.midnight('export_date')),
    ('square', 'stg_square__bookings', 'organization_id', 'updated_at'),
    ('square', 'stg_square__customers', 'organization_id', 'updated_at'),
    ('square', 'stg_square__payments', 'organization_id', 'updated_at'),
    ('ticketing', 'event_money_ledger', 'organization_id', 'occurred_at'),
    ('ticketing', 'ticket_orders', 'organization_id', 'ordered_at'),
    ('workflow', 'stg_workflow__errors', 'organization_id', 'coalesce(error_at, created_at)'),
] -%}
-- How old what a source said is, by its own clock: a loader that runs every hour and finds nothing new is no news. Of a
-- source without a clock here, the newest run in which something new landed.
with

limits as (

    select * from {{ ref('stg_settings__source_limits') }}

),

told as (

    {%- for source, model, tenant, instant in told %}
    select
        '{{ source }}' as source,
        {{ tenant }} as organization_id,
        max({{ instant }}) as last_told_at
    from {{ ref(model) }}
    where {{ instant }} <= {{ ledgerline.as_of_instant() }}
    group by {{ tenant }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

    union all

    select
        source,
        organization_id,
        max(loaded_at) as last_told_at
    from {{ ref('stg_ops__load_audit') }}
    where
        rows_landed > 0
        and loaded_at <= {{ ledgerline.as_of_instant() }}
        and source not in ('{{ told | map('first') | unique | join("', '") }}')
    group by source, organization_id

),

newest as (

    select
        source,
        organization_id,
        max(last_told_at) as last_told_at
    from told
    group by source, organization_id

),

final as (

    select
        -- ids
        newest.source,
        newest.organization_id,

        -- numerics
        cast(
            {{ dbt.datediff('newest.last_told_at', ledgerline.as_of_instant(), 'second') }} as bigint
        ) as age_seconds,
        limits.stale_hours,

        -- booleans
        coalesce(
            {{ dbt.datediff('newest.last_told_at', ledgerline.as_of_instant(), 'second') }} > 3600 * limits.stale_hours,
            false
        ) as is_stale,

        -- timestamps
        newest.last_told_at,
        {{ ledgerline.as_of_instant() }} as as_of

    from newest
    left join limits
        on newest.source = limits.source

)

select * from final
