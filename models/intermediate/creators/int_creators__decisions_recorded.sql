-- The ledger of tier decisions. Each run's are added by `int_creators__decisions_made`; nothing is changed or made anew.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

select
    {%- for column in ledgerline.creator_decision_columns() %}
    cast(null as {{ column[1] }}) as {{ column[0] }}{{ ',' if not loop.last }}
    {%- endfor %}
where 1 = 0
