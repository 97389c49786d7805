{#- How customer_analytics is kept up to date: what a refresh recomputes, and what it leaves behind for the next.
    docs/decisions/0011-recompute-who-was-touched.md says why it is right. -#}

{#- What all rows rest on besides raw objects of customers: another one makes every row anew. -#}
{% macro square_digest() -%}
    {%- set settings = [
        ledgerline.code_digest('models/staging/square', 'models/intermediate/appointments', 'customer_analytics.sql'),
        ledgerline.reporting_zone(), env_var('SQUARE_IDENTITY_POLICY', '')
    ] -%}
    {%- for name in [
        'square_identity_policy', 'square_identity_max_block', 'square_new_days', 'square_active_days',
        'square_at_risk_days', 'square_link_before_minutes', 'square_link_after_minutes', 'square_late_cancel_hours',
        'square_prepaid_days', 'square_invoiced_days', 'square_missed_fee_days', 'square_acquisition_attribute'
    ] -%}
        {%- do settings.append(var(name) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(settings | join('/'))) }}
{%- endmacro %}

{#- What the rows are made of must be made in the same run: made in another, it answers another question. A refresh leaves
    out what staging keeps and nothing landed for. -#}
{% macro square_assert_all_is_built() -%}
    {%- set folders = ['models/intermediate/appointments'] -%}
    {%- if env_var('LEDGERLINE_BUILD_SCOPE', '') != 'appointments' -%}
        {%- do folders.append('models/staging/square') -%}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
            {%- for folder in folders -%}
                {%- if
                    folder in node.original_file_path
                    and node.config.materialized != 'view'
                    and 'made_once' not in node.tags
                    and node.unique_id not in selected_resources
                -%}
                    {{ exceptions.raise_compiler_error(
                        model.name ~ ' is built together with all that it is made of:'
                        ' dbt build --select +customer_analytics'
                    ) }}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- Before: forget the rows of touched customers; all, where all are touched. -#}
{% macro square_forget_touched(key) %}
    {#- Outside of the condition, for dbt to see it. -#}
    {%- set inputs = ref('int_square__refresh_inputs') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (organization_id, {{ key }}) in (
            select
                organization_id,
                canonical_customer_id
            from {{ ref('int_square__customers_touched') }}
        );
        delete from {{ this }}
        where exists (select 1 from {{ inputs }} where is_everyone)
    {%- endif -%}
{% endmacro %}

{#- Before anything changes: a refresh that dies from here on leaves no state, so the next one makes every row. -#}
{% macro square_forget_state() %}
    delete from {{ ref('int_square__refresh_state') }}
{% endmacro %}

{#- After: what the next refresh compares with, in the transaction that wrote the rows. -#}
{% macro square_remember() %}
    delete from {{ ref('int_square__customer_groups_seen') }};
    insert into {{ ref('int_square__customer_groups_seen') }}
    select
        organization_id,
        customer_id,
        canonical_customer_id,
        group_size
    from {{ ref('int_square__customers_resolved') }}
    where group_size > 1;
    delete from {{ ref('int_square__referrals_seen') }};
    insert into {{ ref('int_square__referrals_seen') }}
    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_attributed') }};
    delete from {{ ref('int_square__refresh_state') }};
    insert into {{ ref('int_square__refresh_state') }}
    select
        seen_run,
        built_as_of,
        digest
    from {{ ref('int_square__refresh_inputs') }}
{% endmacro %}

{% macro square_referral_columns() -%}
    organization_id,
        canonical_customer_id,
        is_referrer,
        activated_as_referrer_at,
        referral_source,
        total_referrals,
        total_rewards_cents,
        first_extracted_at,
        last_extracted_at
{%- endmacro %}

{#- Whether an instant lies at the last as-of, at this one or between them, both moved back by some days. -#}
{% macro square_crossed(instant, days=0) -%}
    {{ instant }} between state.earlier_as_of - interval '{{ days * 24 }} hours'
        and state.later_as_of - interval '{{ days * 24 }} hours'
{%- endmacro %}

{#- What the clock alone changes, the same expressions in the mart's rows and after every build. N days are N times
    86,400 seconds. -#}

{% macro square_segment(first_visit_at, last_visit_at) -%}
    {%- set now = ledgerline.as_of_instant() -%}
    case
        when {{ first_visit_at }} is null then 'NEVER_VISITED'
        when {{ first_visit_at }} >= {{ now }} - interval '{{ var("square_new_days") * 24 }} hours' then 'NEW'
        when {{ last_visit_at }} >= {{ now }} - interval '{{ var("square_active_days") * 24 }} hours' then 'ACTIVE'
        when {{ last_visit_at }} >= {{ now }} - interval '{{ var("square_at_risk_days") * 24 }} hours' then 'AT_RISK'
        else 'LOST'
    end
{%- endmacro %}

{#- The as-of day in each zone, for these expressions: asking for it in every row costs DuckDB 2 us. -#}
{% macro square_as_of_dates() -%}
    select
        time_zone,
        {{ ledgerline.local_date(ledgerline.as_of_instant(), 'time_zone') }} as as_of_date
    from {{ ref('int_square__zones_found') }}
{%- endmacro %}

{% macro square_join_as_of_dates(dates) -%}
    {%- for zone in ['first_visit', 'last_booking', 'last_visit'] %}
    left join {{ dates }} as {{ zone }}_clock on visited.{{ zone }}_zone = {{ zone }}_clock.time_zone
    {%- endfor %}
{%- endmacro %}

{% macro square_days_since_visit() -%}
    cast(last_visit_clock.as_of_date - visited.last_visit_date as integer)
{%- endmacro %}

{#- The last visit day and as many days as are usual between two. -#}
{% macro square_expected_visit() -%}
    visited.last_visit_day + cast(round(visited.median_gap_days) as integer)
{%- endmacro %}

{#- Later than expected by more than half of what is usual; NULL where nothing is expected. -#}
{% macro square_is_late() -%}
    last_booking_clock.as_of_date - ({{ ledgerline.square_expected_visit() }}) > visited.median_gap_days / 2
{%- endmacro %}

{#- Late, and nothing booked; NULL where nothing is expected. -#}
{% macro square_is_overdue(is_late, upcoming) -%}
    case when ({{ is_late }}) is not null then ({{ is_late }}) and {{ upcoming }} = 0 end
{%- endmacro %}

{% macro square_retained(days) -%}
    case
        when visited.second_visit_day - visited.first_visit_day <= {{ days }} then true
        when first_visit_clock.as_of_date <= visited.first_visit_day + {{ days }} then null
        when visited.first_visit_day is not null then false
    end
{%- endmacro %}

{#- Bookings that were kept, cancelled or missed. -#}
{% macro square_kept_or_lost() -%}
    coalesce(visited.visits, 0) + bookings.cancelled_by_customer + bookings.cancelled_by_seller + bookings.no_shows
{%- endmacro %}

{#- After: set what the clock changed since the rows were made: a segment where it passed a limit, days where the date
    became another. Nothing, where all rows are new. -#}
{% macro square_move_the_clock() %}
    {%- if is_incremental() -%}
    with as_of_dates as (

        {{ ledgerline.square_as_of_dates() }}

    ),

    state as (

        select * from {{ ref('int_square__refresh_inputs') }}
        where not is_everyone

    ),

    zones_of_another_day as (

        select as_of_dates.time_zone
        from as_of_dates
        cross join state
        where
            {{ ledgerline.local_date('state.earlier_as_of', 'as_of_dates.time_zone') }}
            <> {{ ledgerline.local_date('state.later_as_of', 'as_of_dates.time_zone') }}

    ),

    visited as (

        select people.*
        from {{ ref('int_square__customers_visited') }} as people
        cross join state
        where
            {{ ledgerline.square_crossed('people.first_visit_at', var('square_new_days')) }}
            or {{ ledgerline.square_crossed('people.first_came_at', var('square_new_days')) }}
            or {{ ledgerline.square_crossed('people.last_visit_at', var('square_active_days')) }}
            or {{ ledgerline.square_crossed('people.last_visit_at', var('square_at_risk_days')) }}
            or people.first_visit_zone in (select time_zone from zones_of_another_day)
            or people.last_booking_zone in (select time_zone from zones_of_another_day)
            or people.last_visit_zone in (select time_zone from zones_of_another_day)

    )

    update {{ this }} as kept
    set
        customer_segment = moved.customer_segment,
        visit_segment = moved.visit_segment,
        days_since_last_visit = moved.days_since_last_visit,
        is_overdue = {{ ledgerline.square_is_overdue('moved.is_late', 'kept.upcoming_bookings') }},
        retained_30d = moved.retained_30d,
        retained_60d = moved.retained_60d,
        retained_90d = moved.retained_90d
    from (
        select
            visited.organization_id,
            visited.canonical_customer_id,
            {{ ledgerline.square_segment('visited.first_visit_at', 'visited.last_visit_at') }} as customer_segment,
            {{ ledgerline.square_segment('visited.first_came_at', 'visited.last_visit_at') }} as visit_segment,
            {{ ledgerline.square_days_since_visit() }} as days_since_last_visit,
            {{ ledgerline.square_is_late() }} as is_late,
            {{ ledgerline.square_retained(30) }} as retained_30d,
            {{ ledgerline.square_retained(60) }} as retained_60d,
            {{ ledgerline.square_retained(90) }} as retained_90d
        from visited
        {{ ledgerline.square_join_as_of_dates('as_of_dates') }}
    ) as moved
    where
        kept.organization_id = moved.organization_id
        and kept.square_customer_id = moved.canonical_customer_id
        and (
            kept.customer_segment <> moved.customer_segment
            or kept.visit_segment <> moved.visit_segment
            or kept.days_since_last_visit is distinct from moved.days_since_last_visit
            or kept.is_overdue
            is distinct from {{ ledgerline.square_is_overdue('moved.is_late', 'kept.upcoming_bookings') }}
            or kept.retained_30d is distinct from moved.retained_30d
            or kept.retained_60d is distinct from moved.retained_60d
            or kept.retained_90d is distinct from moved.retained_90d
        )
    {%- endif -%}
{% endmacro %}

{#- Whether the tables of the last build are there, and may stay. -#}
{% macro square_is_kept() -%}
    {%- set missing = [] -%}
    {%- if execute -%}
        {%- for schema, name in [
            ('appointments', 'customer_analytics'), ('intermediate', 'int_square__customers_visited')
        ] if not load_relation(api.Relation.create(database=target.database, schema=schema, identifier=name)) -%}
            {%- do missing.append(name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ 'false' if missing or flags.FULL_REFRESH else 'true' }}
{%- endmacro %}
