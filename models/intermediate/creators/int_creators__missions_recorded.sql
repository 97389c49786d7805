-- How far each mission of each creator is, by the window it was opened in.
-- `int_creators__missions_looked_at` writes it.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

{{ ledgerline.no_rows_of(ledgerline.creator_mission_columns()) }}
