with

several as (

    {{ ledgerline.square_several(source('square', 'team_members')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'team_members'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'status': 'status',
        'given_name': 'given_name',
        'family_name': 'family_name'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as team_member_id,

        -- texts
        status,
        nullif({{ ledgerline.trimmed('given_name') }}, '') as given_name,
        nullif({{ ledgerline.trimmed('family_name') }}, '') as family_name,

        -- timestamps
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
