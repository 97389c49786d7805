-- One row per key: the columns together never repeat. Returns each repeated key with its number of rows.
{% test unique_key(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
