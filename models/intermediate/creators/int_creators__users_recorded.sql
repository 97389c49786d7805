-- What was said of each creator on each day that had a run. `int_creators__users_settled` writes the day of its run.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

{{ ledgerline.no_rows_of(ledgerline.creator_day_columns()) }}
