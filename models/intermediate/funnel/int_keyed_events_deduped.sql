-- The events that have an id.
{{ config(materialized='view') }}

select * from {{ ref('int_analytics_events_deduped') }}
where not is_told_by_values
