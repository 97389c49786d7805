-- How far each mission of each creator is, by the window it was opened in. `int_creators__missions_looked_at` writes it.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

select
    {%- for column in ledgerline.creator_mission_columns() %}
    cast(null as {{ column[1] }}) as {{ column[0] }}{{ ',' if not loop.last }}
    {%- endfor %}
where 1 = 0
