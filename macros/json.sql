{#- Several texts of one JSON object, as an array in the order of `keys`, read in one pass; NULL where a key is not.
    A dot steps into an object, `[0]` into a list. -#}
{% macro json_texts(expression, keys) -%}
    {{ return(adapter.dispatch('json_texts', 'ledgerline')(expression, keys)) }}
{%- endmacro %}

{% macro default__json_texts(expression, keys) -%}
    array[{% for key in keys %}cast({{ expression }} as jsonb) #>> '{ {{- key | replace('[', ',') | replace(']', '') | replace('.', ',') -}} }'{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{% macro duckdb__json_texts(expression, keys) -%}
    json_extract_string(
        {{ expression }}, [{% for key in keys %}'$.{{ key }}'{{ ', ' if not loop.last }}{% endfor %}]
    )
{%- endmacro %}

{#- The rows of a relation and texts of one JSON column of theirs, by name (`columns` maps a name to the path of its key),
    read in one pass; NULL where a key is not. -#}
{% macro json_read(relation, expression, columns) -%}
    {{ return(adapter.dispatch('json_read', 'ledgerline')(relation, expression, columns)) }}
{%- endmacro %}

{#- Without `offset 0` PostgreSQL parses the text once for every column. -#}
{% macro default__json_read(relation, expression, columns) -%}
    select
        *,
        {%- for name, path in columns.items() %}
        parsed_json #>> '{{ ledgerline.json_path(path) }}' as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            cast({{ expression }} as jsonb) as parsed_json
        from {{ relation }}
        offset 0
    ) as parsed
{%- endmacro %}

{% macro duckdb__json_read(relation, expression, columns) -%}
    select
        *,
        {%- for name in columns %}
        json_texts_read[{{ loop.index }}] as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            {{ ledgerline.json_texts(expression, columns.values() | list) }} as json_texts_read
        from {{ relation }}
    ) as parsed
{%- endmacro %}

{#- One text of a JSON object, by the path of its key. -#}
{% macro json_text(expression, path) -%}
    {{ return(adapter.dispatch('json_text', 'ledgerline')(expression, path)) }}
{%- endmacro %}

{% macro default__json_text(expression, path) -%}
    (cast({{ expression }} as jsonb) #>> '{{ ledgerline.json_path(path) }}')
{%- endmacro %}

{% macro duckdb__json_text(expression, path) -%}
    json_extract_string({{ expression }}, '$.{{ path }}')
{%- endmacro %}

{#- The path of a key as PostgreSQL writes it. -#}
{% macro json_path(path) -%}
    {{ '{' ~ path | replace('[', ',') | replace(']', '') | replace('.', ',') ~ '}' }}
{%- endmacro %}

{#- The elements of a list in a JSON object, as an array: `unnest` and `generate_subscripts` beside each other. Without
    a key, of a text that is the list itself. -#}
{% macro json_elements(expression, key='') -%}
    {{ return(adapter.dispatch('json_elements', 'ledgerline')(expression, key)) }}
{%- endmacro %}

{% macro default__json_elements(expression, key) -%}
    array(
        select jsonb_array_elements(
            case jsonb_typeof(cast({{ expression }} as jsonb) #> '{ {{- key | replace('.', ',') -}} }')
                when 'array' then cast({{ expression }} as jsonb) #> '{ {{- key | replace('.', ',') -}} }' else '[]'
            end
        )
    )
{%- endmacro %}

{% macro duckdb__json_elements(expression, key) -%}
    json_extract({{ expression }}, '${{ '.' ~ key if key }}[*]')
{%- endmacro %}

{#- The texts of a list of plain values in a JSON object, as an array of text: what `json_elements` gives is JSON, and a
    JSON text has its quotes. Without a key, of a text that is the list itself; of anything but a list, none. -#}
{% macro json_list_texts(expression, key='') -%}
    {{ return(adapter.dispatch('json_list_texts', 'ledgerline')(expression, key)) }}
{%- endmacro %}

{% macro default__json_list_texts(expression, key) -%}
    array(
        select listed.listed_text
        from jsonb_array_elements_text(
            case jsonb_typeof(cast({{ expression }} as jsonb) #> '{ {{- key | replace('.', ',') -}} }')
                when 'array' then cast({{ expression }} as jsonb) #> '{ {{- key | replace('.', ',') -}} }' else '[]'
            end
        ) with ordinality as listed (listed_text, listed_number)
        order by listed.listed_number
    )
{%- endmacro %}

{% macro duckdb__json_list_texts(expression, key) -%}
    json_extract_string({{ expression }}, '${{ '.' ~ key if key }}[*]')
{%- endmacro %}

{#- The keys of a JSON object, as an array. -#}
{% macro json_keys(expression) -%}
    {{ return(adapter.dispatch('json_keys', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__json_keys(expression) -%}
    array(select jsonb_object_keys(cast({{ expression }} as jsonb)))
{%- endmacro %}

{% macro duckdb__json_keys(expression) -%}
    json_keys({{ expression }})
{%- endmacro %}

{#- The text at a key that a column names. -#}
{% macro json_text_at(expression, key) -%}
    {{ return(adapter.dispatch('json_text_at', 'ledgerline')(expression, key)) }}
{%- endmacro %}

{% macro default__json_text_at(expression, key) -%}
    (cast({{ expression }} as jsonb) ->> {{ key }})
{%- endmacro %}

{% macro duckdb__json_text_at(expression, key) -%}
    json_extract_string({{ expression }}, '$."' || {{ key }} || '"')
{%- endmacro %}

{#- The distinct texts at a key of each object in a list, without blank ones, in the order of their bytes, as an array. -#}
{% macro json_distinct_texts(expression, list_key, key) -%}
    {{ return(adapter.dispatch('json_distinct_texts', 'ledgerline')(expression, list_key, key)) }}
{%- endmacro %}

{% macro default__json_distinct_texts(expression, list_key, key) -%}
    array(
        select distinct elements.element ->> '{{ key }}' collate "C"
        from jsonb_array_elements(
            case jsonb_typeof(cast({{ expression }} as jsonb) -> '{{ list_key }}')
                when 'array' then cast({{ expression }} as jsonb) -> '{{ list_key }}' else '[]'
            end
        ) as elements (element)
        where coalesce(elements.element ->> '{{ key }}', '') <> ''
        order by 1
    )
{%- endmacro %}

{% macro duckdb__json_distinct_texts(expression, list_key, key) -%}
    list_sort(list_distinct(list_filter(
        json_extract_string({{ expression }}, '$.{{ list_key }}[*].{{ key }}'), lambda text: coalesce(text, '') <> ''
    )))
{%- endmacro %}

{#- A text as JSON: quoted, or null. -#}
{% macro json_text_of(expression) -%}
    coalesce(cast(to_json(cast({{ expression }} as text)) as varchar), 'null')
{%- endmacro %}
