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
    {{ return(adapter.dispatch('email_hash', 'ledgerline')("nullif(lower(trim(" ~ expression ~ ")), '')")) }}
{%- endmacro %}

{% macro default__email_hash(expression) -%}
    encode(sha256(convert_to({{ expression }}, 'UTF8')), 'hex')
{%- endmacro %}

{% macro duckdb__email_hash(expression) -%}
    sha256({{ expression }})
{%- endmacro %}
