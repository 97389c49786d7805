-- Who was whom when customer_analytics was last built, for groups of several ids. The mart writes it.
{{ config(materialized='incremental', incremental_strategy='append') }}

select
    cast(null as varchar) as organization_id,
    cast(null as varchar) as customer_id,
    cast(null as varchar) as canonical_customer_id,
    cast(null as bigint) as group_size
where 1 = 0
