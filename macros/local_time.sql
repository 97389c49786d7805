{#- A calendar day, a wall-clock time and an instant, in an IANA zone. Clocks that are changed back repeat an hour: the
    earlier instant counts. Clocks that are changed forward skip one: such a time does not exist (NULL). -#}

{#- The instant that a wall-clock time would be with the offset in force a day before (`-`) or a day after (`+`). -#}
{% macro _instant_by_offset(local_time, zone, side) -%}
    (
        timezone('UTC', {{ local_time }})
        - (
            timezone({{ zone }}, timezone('UTC', {{ local_time }}) {{ side }} interval '1 day')
            - timezone('UTC', timezone('UTC', {{ local_time }}) {{ side }} interval '1 day')
        )
    )
{%- endmacro %}

{#- The instant of a wall-clock time. -#}
{% macro instant_of_local_time(local_time, zone) -%}
    case
        when
            timezone({{ zone }}, {{ ledgerline._instant_by_offset(local_time, zone, '-') }}) = {{ local_time }}
            then {{ ledgerline._instant_by_offset(local_time, zone, '-') }}
        when
            timezone({{ zone }}, {{ ledgerline._instant_by_offset(local_time, zone, '+') }}) = {{ local_time }}
            then {{ ledgerline._instant_by_offset(local_time, zone, '+') }}
    end
{%- endmacro %}

{#- The first instant of a calendar day: not always 00:00. -#}
{% macro start_of_local_day(day, zone) -%}
    coalesce(
        {{ ledgerline.instant_of_local_time('cast(' ~ day ~ ' as timestamp)', zone) }},
        {{ ledgerline._instant_by_offset('cast(' ~ day ~ ' as timestamp)', zone, '-') }}
    )
{%- endmacro %}

{#- The calendar day of an instant. -#}
{% macro local_date(instant, zone) -%}
    cast(timezone({{ zone }}, {{ instant }}) as date)
{%- endmacro %}

{#- How far a zone is from UTC on a day, NULL where that changes on it. Converting every instant by a zone that stands in
    a column costs DuckDB 2 us; most of them need only this. -#}
{% macro utc_offset_of_day(zone, utc_day) -%}
    case
        when {{ ledgerline._utc_offset(zone, utc_day) }} = {{ ledgerline._utc_offset(zone, utc_day ~ ' + 1') }}
            then {{ ledgerline._utc_offset(zone, utc_day) }}
    end
{%- endmacro %}

{% macro _utc_offset(zone, utc_day) -%}
    timezone({{ zone }}, timezone('UTC', cast({{ utc_day }} as timestamp))) - cast({{ utc_day }} as timestamp)
{%- endmacro %}

{#- The wall-clock time of an instant in UTC. -#}
{% macro utc_time(instant) -%}
    {{ return(adapter.dispatch('utc_time', 'ledgerline')(instant)) }}
{%- endmacro %}

{% macro default__utc_time(instant) -%}
    timezone('UTC', {{ instant }})
{%- endmacro %}

{#- Without the calendar that timezone() asks. -#}
{% macro duckdb__utc_time(instant) -%}
    make_timestamp(epoch_us({{ instant }}))
{%- endmacro %}

{#- The wall-clock time of an instant in a zone, by the offset of its day, where there is one. -#}
{% macro local_time_by_offset(instant, zone, utc_offset) -%}
    coalesce({{ ledgerline.utc_time(instant) }} + {{ utc_offset }}, timezone({{ zone }}, {{ instant }}))
{%- endmacro %}

{#- A canonical text of the loaders: UTC where it ends in Z, else a wall-clock time. -#}
{% macro instant_of_text(expression, zone) -%}
    case
        when {{ expression }} like '%Z' then cast({{ expression }} as timestamptz)
        else {{ ledgerline.instant_of_local_time('cast(' ~ expression ~ ' as timestamp)', zone) }}
    end
{%- endmacro %}

{#- Every day from one date to another, as rows. None before the first day that readers believe: a row that landed before
    they had limits must not make a day of every one since year 1. -#}
{% macro dates_from_to(first_date, last_date) -%}
    {%- set earliest = "date '" ~ (env_var('LEDGERLINE_EARLIEST_DATE', '') or '1990-01-01') ~ "'" -%}
    {%- set first = 'case when ' ~ first_date ~ ' < ' ~ earliest ~ ' then ' ~ earliest ~ ' else ' ~ first_date ~ ' end' -%}
    {{ return(adapter.dispatch('dates_from_to', 'ledgerline')(first, last_date)) }}
{%- endmacro %}

{% macro default__dates_from_to(first_date, last_date) -%}
    generate_series({{ first_date }}, {{ last_date }}, interval '1 day')
{%- endmacro %}

{% macro duckdb__dates_from_to(first_date, last_date) -%}
    unnest(generate_series({{ first_date }}, {{ last_date }}, interval '1 day'))
{%- endmacro %}

{#- The whole numbers from 1 to another, as rows. -#}
{% macro numbers_to(last_number) -%}
    {{ return(adapter.dispatch('numbers_to', 'ledgerline')(last_number)) }}
{%- endmacro %}

{% macro default__numbers_to(last_number) -%}
    generate_series(1, {{ last_number }})
{%- endmacro %}

{% macro duckdb__numbers_to(last_number) -%}
    unnest(range(1, {{ last_number }} + 1))
{%- endmacro %}

{#- Whole seconds from one instant to another, fractions cut; negative where the second is earlier. -#}
{% macro seconds_between(first_instant, second_instant) -%}
    {{ return(adapter.dispatch('seconds_between', 'ledgerline')(first_instant, second_instant)) }}
{%- endmacro %}

{% macro default__seconds_between(first_instant, second_instant) -%}
    cast(trunc(extract(epoch from ({{ second_instant }} - {{ first_instant }}))) as bigint)
{%- endmacro %}

{% macro duckdb__seconds_between(first_instant, second_instant) -%}
    cast((epoch_us({{ second_instant }}) - epoch_us({{ first_instant }})) // 1000000 as bigint)
{%- endmacro %}

{#- Microseconds from one instant to another; negative where the second is earlier. -#}
{% macro microseconds_between(first_instant, second_instant) -%}
    {{ return(adapter.dispatch('microseconds_between', 'ledgerline')(first_instant, second_instant)) }}
{%- endmacro %}

{% macro default__microseconds_between(first_instant, second_instant) -%}
    cast(extract(epoch from ({{ second_instant }} - {{ first_instant }})) * 1000000 as bigint)
{%- endmacro %}

{% macro duckdb__microseconds_between(first_instant, second_instant) -%}
    (epoch_us({{ second_instant }}) - epoch_us({{ first_instant }}))
{%- endmacro %}

{#- A number that is the less the later an instant is: by it, among keys that all ascend, the latest comes first. -#}
{% macro latest_first(instant) -%}
    {{ ledgerline.microseconds_between(instant, "cast('1970-01-01 00:00:00+00' as timestamptz)") }}
{%- endmacro %}

{#- An instant as `2026-01-05T18:00:00Z`. -#}
{% macro utc_text(instant) -%}
    {{ return(adapter.dispatch('utc_text', 'ledgerline')(instant)) }}
{%- endmacro %}

{% macro default__utc_text(instant) -%}
    to_char(timezone('UTC', {{ instant }}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
{%- endmacro %}

{% macro duckdb__utc_text(instant) -%}
    strftime(timezone('UTC', {{ instant }}), '%Y-%m-%dT%H:%M:%SZ')
{%- endmacro %}
