-- The as-of of every run that decided. `int_creators__decisions_made` adds its own.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

select cast(null as timestamptz) as as_of
where 1 = 0
