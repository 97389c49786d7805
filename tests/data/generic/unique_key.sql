-- One row per key: the columns together never repeat, nor do `words`, however they are spelt. Returns each repeated key
-- with its number of rows.
{% test unique_key(model, columns, words=[]) %}

    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(ledgerline.plain_word(column) if column in words else column) -%}
    {%- endfor %}

    select
        {% for part in parts %}{{ part }} as {{ columns[loop.index0] }},
        {% endfor -%}
        count(*) as row_count
    from {{ model }}
    group by {{ parts | join(', ') }}
    having count(*) > 1

{% endtest %}
