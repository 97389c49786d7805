{#- Every source table exists, with its documented columns, before anything is built: an empty home builds
    too, and so does one that an older version made. -#}
{% macro create_missing_sources() %}
    {%- if execute -%}
        {%- set missing = [] -%}
        {%- set found = {} -%}
        {%- for source in graph.sources.values() -%}
            {%- if source.schema not in found -%}
                {%- set rows = run_query(
                    "select table_name, column_name from information_schema.columns where table_schema = '"
                    ~ source.schema ~ "'"
                ) -%}
                {%- set tables = {} -%}
                {%- for row in rows -%}
                    {%- do tables.setdefault(row[0], []).append(row[1]) -%}
                {%- endfor -%}
                {%- do found.update({source.schema: tables}) -%}
            {%- endif -%}
            {%- for column in source.columns.values() if source.identifier in found[source.schema] -%}
                {%- if column.name not in found[source.schema][source.identifier] -%}
                    {%- do run_query(
                        'alter table ' ~ source.schema ~ '.' ~ source.identifier ~ ' add column ' ~ column.name ~ ' '
                        ~ column.data_type
                    ) -%}
                {%- endif -%}
            {%- endfor -%}
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
