{#- A seed and what the home's settings file says of it (`raw_settings`), in one relation: for the one model per seed that
    everybody reads. -#}

{#- A seed of a business: the home's lines, and the seed's own, which ships empty, only where the home has none. -#}
{% macro business_lines(seed, columns) -%}
    select
        {{ columns | join(',\n        ') }}
    from {{ source('settings', seed) }}
    union all
    select
        {{ columns | join(',\n        ') }}
    from {{ ref(seed) }}
    where not exists (select 1 from {{ source('settings', seed) }})
{%- endmacro %}

{#- A seed that holds for all, and the home's lines, which win where the key is the same: `key` are expressions that make
    two spellings of one thing the same. -#}
{% macro lines_with_settings(seed, columns, key) -%}
    {%- set parts = [] -%}
    {%- for expression in key -%}
        {%- do parts.append("coalesce(cast(" ~ expression ~ " as varchar), '')") -%}
    {%- endfor -%}
    {%- set key_text = parts | join(" || chr(31) || ") -%}
    select
        {{ columns | join(',\n        ') }}
    from {{ ref(seed) }}
    where {{ key_text }} not in (select {{ key_text }} from {{ source('settings', seed) }})
    union all
    select
        {{ columns | join(',\n        ') }}
    from {{ source('settings', seed) }}
{%- endmacro %}
