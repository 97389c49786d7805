{#- A setting that is one of a few words: a var, or what stands in its place. Raises, naming both, where it is another:
    a misspelt one would pass for whatever comes last. -#}
{% macro setting(name, words, value=none) -%}
    {%- set found = value or var(name) -%}
    {%- if found not in words -%}
        {{ exceptions.raise_compiler_error(
            'var ' ~ name ~ ' is ' ~ tojson(found) ~ ', expected one of ' ~ words | join(', ')
        ) }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
