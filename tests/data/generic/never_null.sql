-- Columns that are always known. Returns the rows that lack one of them.
{% test never_null(model, columns) %}

    select *
    from {{ model }}
    where
        {% for column in columns -%}
            {{ column }} is null{{ ' or ' if not loop.last }}
        {%- endfor %}

{% endtest %}
