-- What the people who used a touched customer's code have brought.
with

touched as (

    select
        organization_id,
        canonical_customer_id,
        customer_number
    from {{ ref('int_square__customers_touched') }}

),

codes as (

    select
        codes.*,
        touched.customer_number
    from {{ ref('int_square__referral_codes_listed') }} as codes
    inner join touched
        on
            codes.organization_id = touched.organization_id
            and codes.canonical_customer_id = touched.canonical_customer_id

),

referred as (

    select distinct
        codes.organization_id,
        codes.customer_number,
        referrals.canonical_customer_id as referred_customer_id
    from codes
    inner join {{ ref('int_square__referrals_attributed') }} as referrals
        on
            codes.organization_id = referrals.organization_id
            and codes.code = lower(referrals.referral_source)
            and codes.canonical_customer_id <> referrals.canonical_customer_id

),

final as (

    select
        referred.customer_number,
        cast(sum(payments.revenue_cents) as bigint) as revenue_cents
    from referred
    inner join {{ ref('int_square__payments_measured') }} as payments
        on
            referred.organization_id = payments.organization_id
            and referred.referred_customer_id = payments.canonical_customer_id
    where payments.is_own_currency
    group by referred.customer_number

)

select * from final
