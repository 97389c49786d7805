{%- set keys = [
    'status',
    'given_name',
    'family_name'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'team_members')) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

ranked as (

    {{ ledgerline.square_ranked('dated') }}

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
        object_id as team_member_id,

        -- texts
        texts[1] as status,
        nullif(trim(texts[2]), '') as given_name,
        nullif(trim(texts[3]), '') as family_name,

        -- timestamps
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from latest

)

select * from final
