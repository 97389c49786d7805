{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'customers')) }}"
) }}

with

several as (

    {{ ledgerline.square_several(source('square', 'customers')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'customers'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'given_name': 'given_name',
        'family_name': 'family_name',
        'email_address': 'email_address',
        'phone_number': 'phone_number',
        'creation_source': 'creation_source',
        'preferences_email_unsubscribed': 'preferences.email_unsubscribed',
        'custom_attributes': 'custom_attributes',
        'created_at': 'created_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as customer_id,
        object_id,

        -- texts
        nullif({{ ledgerline.trimmed('given_name') }}, '') as given_name,
        nullif({{ ledgerline.trimmed('family_name') }}, '') as family_name,
        nullif({{ ledgerline.trimmed('email_address') }}, '') as email_address,
        nullif({{ ledgerline.trimmed('phone_number') }}, '') as phone_number,
        creation_source,
        custom_attributes,

        -- booleans
        case preferences_email_unsubscribed when 'true' then true when 'false' then false end as is_email_unsubscribed,

        -- timestamps
        cast(created_at as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
