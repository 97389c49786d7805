{#- The as-of's UTC day, as a date literal: every day of this domain is one. -#}
{% macro as_of_utc_day() -%}
    cast('{{ ledgerline.as_of_instant_python().astimezone(modules.pytz.utc).date().isoformat() }}' as date)
{%- endmacro %}

{#- The first instant of a UTC day. -#}
{% macro midnight(day) -%}
    timezone('UTC', cast({{ day }} as timestamp))
{%- endmacro %}

{#- The UTC day of an instant. -#}
{% macro utc_day(instant) -%}
    {{ ledgerline.local_date(instant, "'UTC'") }}
{%- endmacro %}

{#- An instant as text, `2025-03-31T19:00:00Z` on every engine; '' for none. -#}
{% macro instant_text(instant) -%}
    coalesce(replace(cast(timezone('UTC', {{ instant }}) as varchar), ' ', 'T') || 'Z', '')
{%- endmacro %}

{#- Which of the rows of one key is the newest that is known at the as-of: 1. Exports are named, loads are counted. -#}
{% macro recency(key, changed_at='') -%}
    row_number() over (
        partition by {{ key | join(', ') }}
        order by
            export_date desc,
            {{ changed_at ~ ' desc nulls last,' if changed_at }}
            landed_run desc,
            {{ ledgerline.by_bytes('source_file') }} desc,
            source_row desc
    )
{%- endmacro %}

{#- The order of the highest tier of a client's scale that a value reaches; the lowest where it reaches none. -#}
{% macro tier_order_for(client_id, value) -%}
    coalesce(
        (
            select max(reached.tier_order)
            from {{ ref('int_creators__tiers_scaled') }} as reached
            where reached.client_id = {{ client_id }} and reached.threshold <= {{ value }}
        ),
        (
            select min(lowest.tier_order)
            from {{ ref('int_creators__tiers_scaled') }} as lowest
            where lowest.client_id = {{ client_id }}
        )
    )
{%- endmacro %}

{#- Which counts any export of a client ever had: without them a sum of them is unknown, and not 0. -#}
{% macro creator_counts_delivered() -%}
    select
        client_id,
        {%- for measure in ('views', 'likes', 'comments') %}
        count({{ measure }}) > 0 as has_{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_creators__videos_settled') }}
    group by client_id
{%- endmacro %}

{#- What each creator's own videos and adjustments bring in the window that a state opens, and since the demotion that
    it remembers: the rows of a model with window_start and demoted_at, with the sums. -#}
{% macro creator_values(states) %}
with

states as (

    select * from {{ ref(states) }}

),

video_sums as (

    select
        states.client_id,
        states.creator_key,
        {%- for period, start in (('window', 'window_start'), ('since_demotion', 'demoted_at')) %}
        {%- set is_in = 'videos.posted_at >= states.' ~ start %}
        count(case when {{ is_in }} then 1 end) as {{ period }}_video_count,
        {%- for measure in ('sales_dollars', 'sales_units', 'views', 'likes', 'comments') %}
        sum(case when {{ is_in }} then videos.{{ measure }} end) as {{ period }}_{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}{{ ',' if not loop.last }}
        {%- endfor %}
    from states
    inner join {{ ref('int_creators__videos_settled') }} as videos
        on states.client_id = videos.client_id and states.creator_key = videos.creator_key
    where videos.post_date <= {{ ledgerline.as_of_utc_day() }}
    group by states.client_id, states.creator_key

),

delivered as (

    {{ ledgerline.creator_counts_delivered() }}

),

adjustment_sums as (

    select
        states.client_id,
        states.creator_key,
        {%- for period, start in (('window', 'window_start'), ('since_demotion', 'demoted_at')) %}
        {%- set is_in = 'adjustments.applied_at >= states.' ~ start %}
        sum(case when {{ is_in }} then adjustments.amount end) as {{ period }}_adjusted_sales,
        sum(case when {{ is_in }} then adjustments.amount_units end) as {{ period }}_adjusted_units{{ ',' if not loop.last }}
        {%- endfor %}
    from states
    inner join {{ ref('int_creators__adjustments_versioned') }} as adjustments
        on states.client_id = adjustments.client_id and states.creator_key = adjustments.creator_key
    where adjustments.recency = 1 and adjustments.applied_at < {{ ledgerline.as_of_instant() }}
    group by states.client_id, states.creator_key

),

final as (

    select
        states.*,
        {%- for period in ('window', 'since_demotion') %}
        coalesce(video_sums.{{ period }}_video_count, 0) as {{ period }}_video_count,
        cast(coalesce(video_sums.{{ period }}_sales_dollars, 0) as decimal(18, 2)) as {{ period }}_sales,
        cast(coalesce(video_sums.{{ period }}_sales_units, 0) as bigint) as {{ period }}_units,
        {%- for measure in ('views', 'likes', 'comments') %}
        cast(
            case when delivered.has_{{ measure }} then coalesce(video_sums.{{ period }}_{{ measure }}, 0) end as bigint
        ) as {{ period }}_{{ measure }},
        {%- endfor %}
        cast(coalesce(adjustment_sums.{{ period }}_adjusted_sales, 0) as decimal(18, 2)) as {{ period }}_adjusted_sales,
        cast(coalesce(adjustment_sums.{{ period }}_adjusted_units, 0) as bigint) as {{ period }}_adjusted_units{{ ',' if not loop.last }}
        {%- endfor %}
    from states
    left join video_sums
        on states.client_id = video_sums.client_id and states.creator_key = video_sums.creator_key
    left join delivered
        on states.client_id = delivered.client_id
    left join adjustment_sums
        on states.client_id = adjustment_sums.client_id and states.creator_key = adjustment_sums.creator_key

)

select * from final
{% endmacro %}

{#- A tier with its dates as one text, to tell whether two states are the same. -#}
{% macro tier_state_text(tier, achieved_at, next_checkpoint_at) -%}
    coalesce({{ tier }}, '') || '|' || {{ ledgerline.instant_text(achieved_at) }} || '|'
    || {{ ledgerline.instant_text(next_checkpoint_at) }}
{%- endmacro %}

{#- What a promotion compares: everything, or since a demotion only what came after it. -#}
{% macro promotion_value() -%}
    cast(
        case
            when demoted_at is null and vip_metric = 'units' then total_video_units + manual_adjustments_units
            when demoted_at is null then total_video_sales + manual_adjustments_total
            when vip_metric = 'units' then since_demotion_units + since_demotion_adjusted_units
            else since_demotion_sales + since_demotion_adjusted_sales
        end as decimal(18, 2)
    )
{%- endmacro %}

{#- What a checkpoint compares: the window's videos and adjustments. -#}
{% macro checkpoint_value() -%}
    cast(
        case
            when vip_metric = 'units' then window_units + window_adjusted_units
            else window_sales + window_adjusted_sales
        end as decimal(18, 2)
    )
{%- endmacro %}

{#- The key of a decision in the ledger. -#}
{% macro decision_id(decisions) -%}
    md5(
        {{ decisions }}.client_id || '|' || {{ decisions }}.handle_key || '|'
        || {{ ledgerline.instant_text(decisions ~ '.decided_at') }}
    )
{%- endmacro %}

{#- A commission of some percent of a sum, to the cent. Rates have four decimals. -#}
{% macro commission(amount, percent) -%}
    {{ ledgerline.amount_from_cents_ratio(
        ledgerline.to_cents(amount) ~ ' * cast(' ~ percent ~ ' * 10000 as ' ~ ledgerline.wide_integer() ~ ')', '1000000'
    ) }}
{%- endmacro %}

{#- How many percent of a count another one is, with two decimals; NULL of 0. -#}
{% macro count_percent(part, whole) -%}
    cast(
        cast({{ ledgerline.rounded_ratio('10000 * (' ~ part ~ ')', '(' ~ whole ~ ')') }} as decimal(18, 0)) * 0.01
        as decimal(9, 2)
    )
{%- endmacro %}

{#- What an export says of a video, with its types. -#}
{% macro snapshot_columns() %}
    {{ return([
        ('handle_key', 'varchar'), ('tiktok_handle', 'varchar'), ('video_url', 'varchar'), ('video_title', 'varchar'),
        ('quality_flags', 'varchar'), ('views', 'bigint'), ('likes', 'bigint'), ('comments', 'bigint'),
        ('sales_dollars', 'decimal(18, 2)'), ('sales_units', 'bigint'), ('ctr', 'decimal(9, 2)'), ('post_date', 'date'),
    ]) }}
{% endmacro %}

{#- Pre-hook of the compared syncs: delete the rows whose history fingerprint changed. Where the model's columns differ
    from the table's, delete all rows; a table that lost rows cannot change its columns in the same transaction on DuckDB. -#}
{% macro delete_gone_syncs(known, fingerprint) %}
    {%- if is_incremental() -%}
        {%- if ledgerline.query_columns('select * from ' ~ this) == ledgerline.query_columns(compiled_code) -%}
            {{ ledgerline.delete_gone(this, known, fingerprint) }}
        {%- else -%}
            {%- set intermediate_relation = make_intermediate_relation(this) %}
            create table {{ intermediate_relation }} as select * from ({{ compiled_code }}) as compared where 1 = 0;
            drop table {{ this }} cascade;
            alter table {{ intermediate_relation }} rename to {{ this.identifier }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
