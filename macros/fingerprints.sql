{#- A number that is another when any of some values is. For fingerprints alone: each engine has its own. -#}
{% macro change_number() -%}
    {{ return(adapter.dispatch('change_number', 'ledgerline')(varargs)) }}
{%- endmacro %}

{% macro default__change_number(expressions) -%}
    {{ ledgerline.hash_number('cast(row(' ~ expressions | join(', ') ~ ') as varchar)') }}
{%- endmacro %}

{% macro duckdb__change_number(expressions) -%}
    cast(hash({{ expressions | join(', ') }}) >> 1 as bigint)
{%- endmacro %}
