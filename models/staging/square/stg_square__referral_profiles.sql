with

several as (

    {{ ledgerline.square_several(source('square', 'referral_profiles')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'referral_profiles'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'personal_code': 'personal_code',
        'referral_code': 'referral_code',
        'used_referral_code': 'used_referral_code',
        'activated_as_referrer': 'activated_as_referrer',
        'total_referrals_count': 'total_referrals_count',
        'activated_at': 'activated_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        object_id as customer_id,

        -- texts
        nullif({{ ledgerline.trimmed('personal_code') }}, '') as personal_code,
        nullif({{ ledgerline.trimmed('referral_code') }}, '') as referral_code,
        nullif({{ ledgerline.trimmed('used_referral_code') }}, '') as used_referral_code,

        -- numerics
        coalesce(cast(total_referrals_count as bigint), 0) as total_referrals_count,

        -- booleans
        coalesce(activated_as_referrer = 'true', false) as is_activated,

        -- timestamps
        cast(activated_at as timestamptz) as activated_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
