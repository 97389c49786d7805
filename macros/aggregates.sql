{#- Of a group's rows, the value of the one that is first by some expressions, all ascending; rows without a value do
    not count. A window that ranks the rows costs DuckDB four times as much, and memory for all of them. -#}
{% macro first_by(value, keys) -%}
    {{ return(adapter.dispatch('first_by', 'ledgerline')(value, keys)) }}
{%- endmacro %}

{% macro default__first_by(value, keys) -%}
    (array_agg({{ value }} order by {{ keys | join(', ') }}) filter (where {{ value }} is not null))[1]
{%- endmacro %}

{% macro duckdb__first_by(value, keys) -%}
    arg_min({{ value }}, {{ keys[0] if keys | length == 1 else 'row(' ~ keys | join(', ') ~ ')' }})
{%- endmacro %}
