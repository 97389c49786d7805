-- The ledger of tier decisions. `int_creators__decisions_made` adds each run's; nothing is changed or made anew.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

{{ ledgerline.no_rows_of(ledgerline.creator_decision_columns()) }}
