-- What was said of each creator on each day that had a run. `int_creators__users_settled` writes the day of its run.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

select
    {%- for column in ledgerline.creator_day_columns() %}
    cast(null as {{ column[1] }}) as {{ column[0] }}{{ ',' if not loop.last }}
    {%- endfor %}
where 1 = 0
