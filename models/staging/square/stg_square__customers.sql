{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'customers')) }}"
) }}

{%- set keys = [
    'given_name',
    'family_name',
    'email_address',
    'phone_number',
    'creation_source',
    'preferences.email_unsubscribed',
    'custom_attributes',
    'created_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'customers')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'customers'), 'several') }}

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
        object_id as customer_id,
        object_id,

        -- texts
        nullif({{ ledgerline.trimmed('texts[1]') }}, '') as given_name,
        nullif({{ ledgerline.trimmed('texts[2]') }}, '') as family_name,
        nullif({{ ledgerline.trimmed('texts[3]') }}, '') as email_address,
        nullif({{ ledgerline.trimmed('texts[4]') }}, '') as phone_number,
        texts[5] as creation_source,
        texts[7] as custom_attributes,

        -- booleans
        case texts[6] when 'true' then true when 'false' then false end as is_email_unsubscribed,

        -- timestamps
        cast(texts[8] as timestamptz) as created_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
