{%- set keys = [
    'personal_code',
    'referral_code',
    'used_referral_code',
    'activated_as_referrer',
    'total_referrals_count',
    'activated_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'referral_profiles')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'referral_profiles'), 'several') }}

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

        -- texts
        nullif({{ ledgerline.trimmed('texts[1]') }}, '') as personal_code,
        nullif({{ ledgerline.trimmed('texts[2]') }}, '') as referral_code,
        nullif({{ ledgerline.trimmed('texts[3]') }}, '') as used_referral_code,

        -- numerics
        coalesce(cast(texts[5] as bigint), 0) as total_referrals_count,

        -- booleans
        coalesce(texts[4] = 'true', false) as is_activated,

        -- timestamps
        cast(texts[6] as timestamptz) as activated_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
