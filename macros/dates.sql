{#- Whole days from one date to another; negative where the second is earlier. -#}
{% macro days_between(first_date, second_date) -%}
    cast({{ dbt.datediff(first_date, second_date, 'day') }} as bigint)
{%- endmacro %}

{#- The first day of a date's month. -#}
{% macro first_of_month(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{#- Whole months from the month of one date to that of another. -#}
{% macro months_between(first_date, second_date) -%}
    cast(
        12 * (extract(year from {{ second_date }}) - extract(year from {{ first_date }}))
        + extract(month from {{ second_date }}) - extract(month from {{ first_date }}) as bigint
    )
{%- endmacro %}

{#- A date some months later. -#}
{% macro add_months(day, months) -%}
    cast({{ day }} + ({{ months }}) * interval '1 month' as date)
{%- endmacro %}

{#- The whole numbers from 0 to another, as rows in a select list. -#}
{% macro numbers_from_0_to(last_number) -%}
    {{ return(adapter.dispatch('numbers_from_0_to', 'ledgerline')(last_number)) }}
{%- endmacro %}

{% macro default__numbers_from_0_to(last_number) -%}
    generate_series(0, {{ last_number }})
{%- endmacro %}

{% macro duckdb__numbers_from_0_to(last_number) -%}
    unnest(generate_series(0, {{ last_number }}))
{%- endmacro %}
