{%- set keys = [
    'given_name',
    'family_name',
    'email_address',
    'phone_number',
    'creation_source'
] -%}

with

rows_read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts,
        ({{ ledgerline.json_texts('payload', ['file_latest_date']) }})[1] as file_latest_date
    from {{ source('square', 'export_customers') }}

),

-- Exports repeat each other: of the files that show a customer, the one that reaches furthest speaks.
ranked as (

    select
        *,
        dense_rank() over (
            partition by organization_id, object_id
            order by file_latest_date desc nulls last, _source_hash desc
        ) as file_rank
    from rows_read

),

final as (

    select
        -- ids
        organization_id,
        object_id as customer_id,

        -- texts
        texts[1] as given_name,
        texts[2] as family_name,
        texts[3] as email_address,
        texts[4] as phone_number,
        texts[5] as creation_source,

        -- provenance
        _source_row as source_row,
        _extracted_at as extracted_at,
        _landed_run as landed_run

    from ranked
    where file_rank = 1

)

select * from final
