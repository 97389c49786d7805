{#- The winner among reports that print the same key: the newest run is the correction, however it arrived. -#}
{% macro newest_report_first() -%}
    report_run_at desc, request_id desc nulls last, {{ ledgerline.by_bytes('source_hash') }} desc
{%- endmacro %}

{#- The winner where the source has no clock: what landed last. Runs as they ran, files by path, rows. -#}
{% macro landed_last_first() -%}
    landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc, source_row desc
{%- endmacro %}

{#- A performance code as one number, without collisions: base 39, `0`-`9` = 1-10, `A`-`Z` = 11-36, `-` 37, `_` 38.
    A code has at most 11 characters, so each of 11 places counts its digit, and a missing place counts 0. -#}
{% macro performance_id(code) -%}
    cast(
        {%- for place in range(11) %}
        {{ '+ ' if not loop.first }}cast(
            strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_', substr(lpad({{ code }}, 11, ' '), {{ place + 1 }}, 1))
            as bigint
        ) * {{ 39 ** (10 - place) }}
        {%- endfor %}
        as bigint
    )
{%- endmacro %}

{#- The calendar year in which the season of a date ends. -#}
{% macro season_end_year(day) -%}
    cast(extract(year from {{ day }}) as bigint)
    + case when extract(month from {{ day }}) >= {{ var('season_start_month') }} then 1 else 0 end
{%- endmacro %}

{#- `30-31` for the season that ends in 2031. -#}
{% macro season_name(end_year) -%}
    lpad(cast(mod({{ end_year }} - 1, 100) as varchar), 2, '0')
    || '-' || lpad(cast(mod({{ end_year }}, 100) as varchar), 2, '0')
{%- endmacro %}
