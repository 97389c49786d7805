-- What the people who used a customer's code have brought.
with

codes as (select * from {{ ref('int_square__referral_codes_listed') }}),

people as (

    select * from {{ ref('int_square__customers_resolved') }}

),

referred as (

    select distinct
        referrers.customer_number,
        people.customer_number as referred_number
    from codes
    inner join {{ ref('int_square__referrals_attributed') }} as referrals
        on
            codes.organization_id = referrals.organization_id
            and codes.code = lower(referrals.referral_source)
            and codes.canonical_customer_id <> referrals.canonical_customer_id
    inner join people as referrers
        on codes.organization_id = referrers.organization_id and codes.canonical_customer_id = referrers.customer_id
    inner join people
        on
            referrals.organization_id = people.organization_id
            and referrals.canonical_customer_id = people.customer_id

),

final as (

    select
        referred.customer_number,
        cast(sum(payments.revenue_cents) as bigint) as revenue_cents
    from referred
    inner join {{ ref('int_square__payments_measured') }} as payments
        on referred.referred_number = payments.customer_number
    where payments.is_own_currency
    group by referred.customer_number

)

select * from final
