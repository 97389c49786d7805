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
        'square_acquisition_attribute'
    ] -%}
        {%- do settings.append(var(name) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(settings | join('/'))) }}
{%- endmacro %}

{#- What the rows are made of must be made in the same run: made in another, it answers another question. -#}
{% macro square_assert_all_is_built() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
            {%- if
                ('models/intermediate/appointments' in node.original_file_path
                or 'models/staging/square' in node.original_file_path)
                and node.config.materialized != 'view'
                and 'made_once' not in node.tags
                and node.unique_id not in selected_resources
            -%}
                {{ exceptions.raise_compiler_error(
                    model.name ~ ' is built together with all that it is made of: dbt build --select +customer_analytics'
                ) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- Before: forget the rows of touched customers; all, where all are touched. -#}
{% macro square_forget_touched(key) %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (organization_id, {{ key }}) in (
                select
                    organization_id,
                    canonical_customer_id
                from {{ ref('int_square__customers_touched') }}
            )
            or exists (select 1 from {{ ref('int_square__customers_touched') }} where is_everyone)
    {%- endif -%}
{% endmacro %}

{#- Before anything changes: a refresh that dies from here on leaves no state, so the next one makes every row. -#}
{% macro square_forget_state() %}
    delete from {{ ref('int_square__refresh_state') }}
{% endmacro %}

{#- After: what the next refresh compares with, in the transaction that wrote the rows. -#}
{% macro square_remember_state() %}
    delete from {{ ref('int_square__refresh_state') }};
    insert into {{ ref('int_square__refresh_state') }}
    select
        seen_run,
        built_as_of,
        digest
    from {{ ref('int_square__refresh_inputs') }}
{% endmacro %}

{% macro square_remember_groups() %}
    delete from {{ ref('int_square__customer_groups_seen') }};
    insert into {{ ref('int_square__customer_groups_seen') }}
    select
        organization_id,
        customer_id,
        canonical_customer_id,
        group_size
    from {{ ref('int_square__customers_resolved') }}
    where group_size > 1
{% endmacro %}

{% macro square_remember_referrals() %}
    delete from {{ ref('int_square__referrals_seen') }};
    insert into {{ ref('int_square__referrals_seen') }}
    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_attributed') }}
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

{#- Whether an instant lies between the last as-of and this one, both moved back by some days. -#}
{% macro square_crossed(instant, days=0) -%}
    (
        {{ instant }} > state.earlier_as_of - interval '{{ days * 24 }} hours'
        and {{ instant }} <= state.later_as_of - interval '{{ days * 24 }} hours'
    )
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

{#- The as-of days that these expressions ask for: joined to `visited` by its zones. -#}
{% macro square_as_of_dates() -%}
    {{ ledgerline.as_of_dates(
        ref('int_square__customers_visited'), ['first_visit_zone', 'last_booking_zone', 'last_visit_zone']
    ) }}
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

{#- Later than expected by more than half of what is usual, and nothing booked; NULL where
    nothing is expected. -#}
{% macro square_is_overdue(upcoming) -%}
    case
        when visited.median_gap_days is not null
            then
                last_booking_clock.as_of_date - ({{ ledgerline.square_expected_visit() }}) > visited.median_gap_days / 2
                and {{ upcoming }} = 0
    end
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

{#- After: set what the clock changed since the rows were made. -#}
{% macro square_move_the_clock() %}
    with as_of_dates as (

        {{ ledgerline.square_as_of_dates() }}

    )

    update {{ this }} as kept
    set
        customer_segment = moved.customer_segment,
        days_since_last_visit = moved.days_since_last_visit,
        is_overdue = moved.is_overdue,
        retained_30d = moved.retained_30d,
        retained_60d = moved.retained_60d,
        retained_90d = moved.retained_90d
    from (
        select
            current_rows.organization_id,
            current_rows.square_customer_id,
            {{ ledgerline.square_segment('visited.first_visit_at', 'visited.last_visit_at') }} as customer_segment,
            {{ ledgerline.square_days_since_visit() }} as days_since_last_visit,
            {{ ledgerline.square_is_overdue('current_rows.upcoming_bookings') }} as is_overdue,
            {{ ledgerline.square_retained(30) }} as retained_30d,
            {{ ledgerline.square_retained(60) }} as retained_60d,
            {{ ledgerline.square_retained(90) }} as retained_90d
        from {{ this }} as current_rows
        inner join {{ ref('int_square__customers_visited') }} as visited
            on
                current_rows.organization_id = visited.organization_id
                and current_rows.square_customer_id = visited.canonical_customer_id
        {{ ledgerline.square_join_as_of_dates('as_of_dates') }}
    ) as moved
    where
        kept.organization_id = moved.organization_id
        and kept.square_customer_id = moved.square_customer_id
        and (
            kept.customer_segment <> moved.customer_segment
            or kept.days_since_last_visit is distinct from moved.days_since_last_visit
            or kept.is_overdue is distinct from moved.is_overdue
            or kept.retained_30d is distinct from moved.retained_30d
            or kept.retained_60d is distinct from moved.retained_60d
            or kept.retained_90d is distinct from moved.retained_90d
        )
{% endmacro %}

{#- What the last build of customer_analytics rested on, and the as-ofs between which the clock went; no row where every
    row must be made anew: another digest, a table that is not there, a full refresh. -#}
{% macro square_last_state() -%}
    {%- set mart = load_relation(api.Relation.create(
        database=target.database, schema='appointments', identifier='customer_analytics'
    )) if execute else none -%}
    {%- set visited = load_relation(api.Relation.create(
        database=target.database, schema='intermediate', identifier='int_square__customers_visited'
    )) if execute else none -%}
    select
        refresh_state.seen_run,
        least(refresh_state.built_as_of, inputs.built_as_of) as earlier_as_of,
        greatest(refresh_state.built_as_of, inputs.built_as_of) as later_as_of
    from {{ ref('int_square__refresh_state') }} as refresh_state
    inner join {{ ref('int_square__refresh_inputs') }} as inputs on refresh_state.digest = inputs.digest
    where {{ 'true' if mart and visited and not flags.FULL_REFRESH else 'false' }}
{%- endmacro %}
