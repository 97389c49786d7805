{%- set keys = [
    'status',
    'given_name',
    'family_name'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'team_members')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'team_members'), 'several') }}

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
        object_id as team_member_id,

        -- texts
        texts[1] as status,
        nullif({{ ledgerline.trimmed('texts[2]') }}, '') as given_name,
        nullif({{ ledgerline.trimmed('texts[3]') }}, '') as family_name,

        -- timestamps
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
