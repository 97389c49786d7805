{#- Tables and views on DuckDB. It replaces a relation and all that depends on it in one transaction, so there is nothing to
    rename and nothing to clear away. The adapter's own materializations run nine statements for a table in place of three,
    and three more macros for a view, which over small tables takes longer than the SQL itself. What this project does not
    use is left out: grants, indexes, Python, lakes. -#}
{% materialization table, adapter='duckdb' %}
    {{ return(ledgerline.replaced('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(ledgerline.replaced('view')) }}
{% endmaterialization %}

{% macro replaced(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=type) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if existing is not none %}drop {{ existing.type }} if exists {{ this }} cascade;{% endif %}
        {{ create_table_as(False, target_relation, compiled_code) if type == 'table'
            else get_create_view_as_sql(target_relation, compiled_code) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
