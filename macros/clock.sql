{#- The run's only clock. No model calls now(): the same raw data and the same as-of give the same marts. -#}

{% macro as_of_instant_python() %}
    {%- set text = env_var('LEDGERLINE_AS_OF', '') -%}
    {%- if text -%}
        {{ return(modules.datetime.datetime.fromisoformat(text)) }}
    {%- endif -%}
    {{ return(run_started_at) }}
{% endmacro %}

{#- The as-of day in the box office's zone, as a date literal. -#}
{% macro box_office_as_of_day() %}
    {%- set zone = modules.pytz.timezone(env_var('LEDGERLINE_BOX_OFFICE_TIMEZONE', '') or 'America/Chicago') -%}
    cast('{{ ledgerline.as_of_instant_python().astimezone(zone).date().isoformat() }}' as date)
{%- endmacro %}

{#- The first instant after the as-of day in the box office's zone, as a timestamptz literal. -#}
{% macro box_office_as_of_day_end() %}
    {%- set zone = modules.pytz.timezone(env_var('LEDGERLINE_BOX_OFFICE_TIMEZONE', '') or 'America/Chicago') -%}
    {%- set day = ledgerline.as_of_instant_python().astimezone(zone).date() + modules.datetime.timedelta(days=1) -%}
    {%- set midnight = zone.localize(modules.datetime.datetime(day.year, day.month, day.day)) -%}
    cast('{{ midnight.astimezone(modules.pytz.utc).isoformat() }}' as timestamptz)
{%- endmacro %}

{#- The as-of itself, as a timestamptz literal. -#}
{% macro as_of_instant() -%}
    cast('{{ ledgerline.as_of_instant_python().astimezone(modules.pytz.utc).isoformat() }}' as timestamptz)
{%- endmacro %}

{#- The zone of a calendar day where a row has none of its own, as a literal. -#}
{% macro reporting_zone() -%}
    '{{ env_var('LEDGERLINE_REPORTING_TIMEZONE', '') or var('reporting_timezone') }}'
{%- endmacro %}

{#- The as-of day in the reporting zone (LEDGERLINE_REPORTING_TIMEZONE, else var `reporting_timezone`). -#}
{% macro reporting_as_of_date() -%}
    {%- set zone = modules.pytz.timezone(env_var('LEDGERLINE_REPORTING_TIMEZONE', '') or var('reporting_timezone')) -%}
    cast('{{ ledgerline.as_of_instant_python().astimezone(zone).date().isoformat() }}' as date)
{%- endmacro %}

{#- When this build began, by the machine's clock: something of the build, never of data. -#}
{% macro build_started_at() -%}
    cast('{{ run_started_at.isoformat() }}' as timestamptz)
{%- endmacro %}
