{#- The first 15 hexadecimal digits of a text's MD5, as a whole number: the same on every engine. -#}
{% macro hash_number(expression) -%}
    {{ return(adapter.dispatch('hash_number', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__hash_number(expression) -%}
    cast(cast('x' || substr(md5({{ expression }}), 1, 15) as bit(60)) as bigint)
{%- endmacro %}

{% macro duckdb__hash_number(expression) -%}
    cast('0x' || substr(md5({{ expression }}), 1, 15) as bigint)
{%- endmacro %}

{#- The SHA-256 of an e-mail address, trimmed and in lower case; NULL for none. -#}
{% macro email_hash(expression) -%}
    {{ return(adapter.dispatch('email_hash', 'ledgerline')("nullif(lower(" ~ ledgerline.trimmed(expression) ~ "), '')")) }}
{%- endmacro %}

{% macro default__email_hash(expression) -%}
    encode(sha256(convert_to({{ expression }}, 'UTF8')), 'hex')
{%- endmacro %}

{% macro duckdb__email_hash(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{#- A digest of the SQL of models below some folders, and of every macro: it marks rows that an older
    version made, so that they are rebuilt. -#}
{% macro code_digest() -%}
    {%- set code = [] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() | sort(attribute='unique_id') if node.resource_type == 'model' -%}
            {%- for folder in varargs if folder in node.original_file_path -%}
                {%- do code.append(node.raw_code) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for name in ledgerline | list | sort -%}
            {%- do code.append(ledgerline[name].macro.macro_sql) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(code | join)) }}
{%- endmacro %}
