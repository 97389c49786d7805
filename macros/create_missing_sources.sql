{#- Every source table exists, with its documented columns, before anything is built: an empty home builds too. -#}
{% macro create_missing_sources() %}
    {%- if execute -%}
        {%- set missing = [] -%}
        {%- set found = {} -%}
        {%- for source in graph.sources.values() -%}
            {%- if source.schema not in found -%}
                {%- set rows = run_query(
                    "select table_name from information_schema.tables where table_schema = '" ~ source.schema ~ "'"
                ) -%}
                {%- do found.update({source.schema: rows.columns[0].values() | list}) -%}
            {%- endif -%}
            {%- if source.identifier not in found[source.schema] -%}
                {%- do missing.append(source) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for source in missing -%}
            {%- set columns = [] -%}
            {%- for column in source.columns.values() -%}
                {%- do columns.append(column.name ~ ' ' ~ column.data_type) -%}
            {%- endfor -%}
            {%- do run_query('create schema if not exists ' ~ source.schema) -%}
            {%- do run_query(
                'create table ' ~ source.schema ~ '.' ~ source.identifier ~ ' (' ~ columns | join(', ') ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
