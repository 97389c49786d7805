-- Pairs of ids that are one person, each with its evidence: merges of Square, equal keys of live profiles, and what a
-- person decided. Which keys are enough is the var `square_identity_policy`.
{%- set policy = ledgerline.setting(
    'square_identity_policy', ['explicit', 'standard', 'any'], env_var('SQUARE_IDENTITY_POLICY', '')
) %}

with

customers as (

    select * from {{ ref('int_square__customers_unioned') }}
    where is_live

),

profile_merges as (

    select * from {{ ref('stg_square__customer_merges') }}
    where undone_at is null and not is_deleted

),

overrides as (

    select * from {{ ref('stg_settings__square_identity_overrides') }}

),

-- A key on many profiles is a front desk's, not a person's.
blocks as (

    select
        customers.*,
        count(*) over (partition by organization_id, phone_key) as phone_block,
        count(*) over (partition by organization_id, email_key) as email_block,
        count(*) over (partition by organization_id, name_key) as name_block
    from customers

),

keyed as (

    select
        organization_id,
        customer_id,
        case when phone_block between 2 and {{ var('square_identity_max_block') }} then phone_key end as phone_key,
        case when email_block between 2 and {{ var('square_identity_max_block') }} then email_key end as email_key,
        case when name_block between 2 and {{ var('square_identity_max_block') }} then name_key end as name_key
    from blocks

),

by_phone as (

    select
        profiles.organization_id,
        profiles.customer_id as customer_id_a,
        namesakes.customer_id as customer_id_b,
        coalesce(profiles.email_key = namesakes.email_key, false) as is_same_email,
        coalesce(profiles.name_key = namesakes.name_key, false) as is_same_name
    from keyed as profiles
    inner join keyed as namesakes
        on
            profiles.organization_id = namesakes.organization_id
            and profiles.phone_key = namesakes.phone_key
            and profiles.customer_id <> namesakes.customer_id

),

pairs as (

    select
        organization_id,
        from_customer_id as customer_id_a,
        to_customer_id as customer_id_b,
        'merge' as evidence
    from profile_merges
    {% if policy == 'standard' %}
    union all

    select
        organization_id,
        customer_id_a,
        customer_id_b,
        'phone+email' as evidence
    from by_phone
    where is_same_email

    union all

    select
        organization_id,
        customer_id_a,
        customer_id_b,
        'phone+name' as evidence
    from by_phone
    where is_same_name
    {% elif policy == 'any' %}
    union all

    select
        organization_id,
        customer_id_a,
        customer_id_b,
        'phone' as evidence
    from by_phone

    union all

    select
        profiles.organization_id,
        profiles.customer_id as customer_id_a,
        namesakes.customer_id as customer_id_b,
        'email' as evidence
    from keyed as profiles
    inner join keyed as namesakes
        on
            profiles.organization_id = namesakes.organization_id
            and profiles.email_key = namesakes.email_key
            and profiles.customer_id <> namesakes.customer_id
{% endif %}
    union all

    select
        organization_id,
        customer_id_a,
        customer_id_b,
        'override' as evidence
    from overrides
    where decision = 'same'

),

both_ways as (

    select
        organization_id,
        customer_id_a,
        customer_id_b,
        evidence
    from pairs
    where customer_id_a <> customer_id_b

    union

    select
        organization_id,
        customer_id_b as customer_id_a,
        customer_id_a as customer_id_b,
        evidence
    from pairs
    where customer_id_a <> customer_id_b

),

final as (

    select both_ways.*
    from both_ways
    left join overrides
        on
            both_ways.organization_id = overrides.organization_id
            and overrides.decision = 'different'
            and both_ways.customer_id_a in (overrides.customer_id_a, overrides.customer_id_b)
            and both_ways.customer_id_b in (overrides.customer_id_a, overrides.customer_id_b)
    where overrides.organization_id is null

)

select * from final
