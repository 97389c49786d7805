{#- A text of 128 bits that is another when any row of a group is, in any column but those left out: an aggregate, in
    which the order of rows does not count. `rows_of` is the alias of the only relation that is read. For fingerprints
    alone: each engine has its own. -#}
{% macro hash_of_rows(rows_of, left_out) -%}
    {{ return(adapter.dispatch('hash_of_rows', 'ledgerline')(rows_of, left_out)) }}
{%- endmacro %}

{% macro default__hash_of_rows(rows_of, left_out) -%}
    {%- set row_hash = "md5(cast(to_jsonb(" ~ rows_of ~ ") - array['" ~ left_out | join("', '") ~ "'] as text))" -%}
    md5(string_agg({{ row_hash }}, '' order by {{ row_hash }}))
{%- endmacro %}

{#- Two sums of hashes of 64 bits, which must not be hashes of the same: 0.1 s a million rows, where MD5 takes 4 s. -#}
{% macro duckdb__hash_of_rows(rows_of, left_out) -%}
    {%- set values = '*columns(' ~ rows_of ~ '.* exclude (' ~ left_out | join(', ') ~ '))' -%}
    cast(sum(hash({{ values }})) as varchar) || '/' || cast(sum(hash('again', {{ values }})) as varchar)
{%- endmacro %}
