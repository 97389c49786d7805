with

several as (

    {{ ledgerline.square_several(source('square', 'locations')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'locations'), 'several', '_extracted_at desc') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'name': 'name',
        'timezone': 'timezone',
        'currency': 'currency',
        'created_at': 'created_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as location_id,

        -- texts
        nullif({{ ledgerline.trimmed('name') }}, '') as location_name,
        nullif(timezone, '') as time_zone,
        nullif(currency, '') as currency,

        -- timestamps
        cast(created_at as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
