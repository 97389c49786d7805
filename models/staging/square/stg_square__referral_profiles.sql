{%- set keys = [
    'personal_code',
    'referral_code',
    'used_referral_code',
    'activated_as_referrer',
    'total_referrals_count',
    'activated_at'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'referral_profiles')) }}

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
        object_id as customer_id,

        -- texts
        nullif(trim(texts[1]), '') as personal_code,
        nullif(trim(texts[2]), '') as referral_code,
        nullif(trim(texts[3]), '') as used_referral_code,

        -- numerics
        coalesce(cast(texts[5] as bigint), 0) as total_referrals_count,

        -- booleans
        coalesce(texts[4] = 'true', false) as is_activated,

        -- timestamps
        cast(texts[6] as timestamptz) as activated_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from latest

)

select * from final
