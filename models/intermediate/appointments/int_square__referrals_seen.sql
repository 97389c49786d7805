-- What referrals said when customer_analytics was last built. The mart writes it.
{{ config(materialized='incremental', incremental_strategy='append') }}

select
    cast(null as varchar) as organization_id,
    cast(null as varchar) as canonical_customer_id,
    cast(null as boolean) as is_referrer,
    cast(null as timestamptz) as activated_as_referrer_at,
    cast(null as varchar) as referral_source,
    cast(null as bigint) as total_referrals,
    cast(null as bigint) as total_rewards_cents,
    cast(null as timestamptz) as first_extracted_at,
    cast(null as timestamptz) as last_extracted_at
where 1 = 0
