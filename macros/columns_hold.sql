{#- Before it makes a mart dbt asks the engine for the columns of its SQL and compares them with the contract; before it
    adds rows to a table, for the columns of both. A refresh of a project that has not changed since all of its domain was
    made, and passed, has the answers: the same SQL has the same columns. It says so by LEDGERLINE_COLUMNS_HOLD; to ask
    again takes it as long as many a mart. -#}

{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- if not env_var('LEDGERLINE_COLUMNS_HOLD', '') -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {{ return(
        {} if env_var('LEDGERLINE_COLUMNS_HOLD', '')
        else default__process_schema_changes(on_schema_change, source_relation, target_relation)
    ) }}
{%- endmacro %}
