{%- set keys = [
    'name',
    'timezone',
    'currency',
    'created_at'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'locations')) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

ranked as (

    {{ ledgerline.square_ranked('dated', '_extracted_at desc') }}

),

latest as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from ranked
    where version_rank = 1

),

final as (

    select
        -- ids
        organization_id,
        object_id as location_id,

        -- texts
        nullif(trim(texts[1]), '') as location_name,
        nullif(texts[2], '') as time_zone,
        nullif(texts[3], '') as currency,

        -- timestamps
        cast(texts[4] as timestamptz) as created_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from latest

)

select * from final
