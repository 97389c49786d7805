{#- Text that sorts and compares by bytes on every engine, whatever the database's collation. -#}
{% macro by_bytes(expression) -%}
    {{ return(adapter.dispatch('by_bytes', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__by_bytes(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__by_bytes(expression) -%}
    ({{ expression }}) collate "C"
{%- endmacro %}

{#- A text without any whitespace at its ends: what Python's `str.strip()` takes away, and characters of no width. Not
    the bare `trim()`: that leaves tabs, line breaks and the hard spaces of spreadsheets. -#}
{% macro trimmed(expression) -%}
    {{ return(adapter.dispatch('trimmed', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__trimmed(expression) -%}
    trim(both '{{ ledgerline.whitespace_characters() }}' from {{ expression }})
{%- endmacro %}

{#- DuckDB takes a microsecond to look for so many characters. Most texts begin and end with a letter, digit or sign of
    ASCII, and are as they are. -#}
{% macro duckdb__trimmed(expression) -%}
    case
        when {{ ledgerline.is_trimmed(expression) }} then {{ expression }}
        else {{ ledgerline.default__trimmed(expression) }}
    end
{%- endmacro %}

{#- Whether a text surely has no whitespace at its ends, on DuckDB; it may have none where this says no. -#}
{% macro is_trimmed(expression) -%}
    ascii({{ expression }}) between 33 and 126 and ({{ expression }})[-1] between '!' and '~'
{%- endmacro %}

{#- A regular expression of one whitespace character: `\s` means others on each engine. -#}
{% macro whitespace() -%}
    [{{ ledgerline.whitespace_characters() }}]
{%- endmacro %}

{#- The same as `loaders.readers.csv_text.WHITESPACE`. -#}
{% macro whitespace_characters() -%}
    {{ return(
        ' \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
        ~ '\u2028\u2029\u202f\u205f\u3000\u200b\ufeff'
    ) }}
{%- endmacro %}

{#- Whether a text matches a regular expression anywhere. -#}
{% macro matches(expression, pattern) -%}
    {{ return(adapter.dispatch('matches', 'ledgerline')(expression, pattern)) }}
{%- endmacro %}

{% macro default__matches(expression, pattern) -%}
    regexp_matches({{ expression }}, {{ pattern }})
{%- endmacro %}

{% macro postgres__matches(expression, pattern) -%}
    ({{ expression }} ~ ({{ pattern }}))
{%- endmacro %}

{#- The first group of a regular expression in a text; NULL where it does not match or the group is empty. -#}
{% macro first_group(expression, pattern) -%}
    {{ return(adapter.dispatch('first_group', 'ledgerline')(expression, pattern)) }}
{%- endmacro %}

{% macro default__first_group(expression, pattern) -%}
    nullif(regexp_extract({{ expression }}, {{ pattern }}, 1), '')
{%- endmacro %}

{% macro postgres__first_group(expression, pattern) -%}
    nullif(substring({{ expression }} from {{ pattern }}), '')
{%- endmacro %}

{#- A regular expression of the ISO dates that a person may be born on. -#}
{% macro iso_date_pattern() -%}
    '^(19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$'
{%- endmacro %}

{#- A word as a source writes it, in the one spelling in which it is looked up: lower case, without accents, no blanks
    around it, and blanks, `_` and dashes in it alike, as one `-`. Both sides of every look-up of a word go through it:
    the source's, and the seed's or the var's. `loaders.readers.words.plain_word` is the same for readers. -#}
{% macro plain_word(expression) -%}
    {%- set between = ledgerline.whitespace_characters() ~ "_\u2010-\u2015\u2212-" -%}
    rtrim(ltrim(
        regexp_replace(lower({{ ledgerline.without_accents(expression) }}), '[{{ between }}]+', '-', 'g'), '-'
    ), '-')
{%- endmacro %}

{#- A text whose letters carry no marks. -#}
{% macro without_accents(expression) -%}
    {{ return(adapter.dispatch('without_accents', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__without_accents(expression) -%}
    normalize(regexp_replace(normalize({{ expression }}, NFD), '[{{ "\u0300-\u036f\u3099\u309a" }}]', '', 'g'), NFC)
{%- endmacro %}

{% macro duckdb__without_accents(expression) -%}
    strip_accents({{ expression }})
{%- endmacro %}

{#- The words of a var, as a list to look in, spelt as `plain_word` spells. -#}
{% macro words_of(name) -%}
    ({% for word in var(name) %}{{ ledgerline.plain_word("'" ~ word ~ "'") }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
