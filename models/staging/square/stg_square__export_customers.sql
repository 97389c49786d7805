with

rows_read as (

    {{ ledgerline.json_read(source('square', 'export_customers'), 'payload', {
        'given_name': 'given_name',
        'family_name': 'family_name',
        'email_address': 'email_address',
        'phone_number': 'phone_number',
        'creation_source': 'creation_source',
        'file_latest_date': 'file_latest_date'
    }) }}

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
        given_name,
        family_name,
        email_address,
        phone_number,
        creation_source,

        -- provenance
        _source_row as source_row,
        _extracted_at as extracted_at,
        _landed_run as landed_run

    from ranked
    where file_rank = 1

)

select * from final
