{%- set keys = [
    'name',
    'timezone',
    'currency',
    'created_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'locations')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'locations'), 'several', '_extracted_at desc') }}

),

read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from latest

),

final as (

    select
        -- ids
        organization_id,
        object_id as location_id,

        -- texts
        nullif({{ ledgerline.trimmed('texts[1]') }}, '') as location_name,
        nullif(texts[2], '') as time_zone,
        nullif(texts[3], '') as currency,

        -- timestamps
        cast(texts[4] as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
