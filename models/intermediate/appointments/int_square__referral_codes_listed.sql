-- The codes that a person's profiles can be referred by.
with

profiles as (

    select * from {{ ref('stg_square__referral_profiles') }}
    where not is_deleted

),

customers as (

    select * from {{ ref('int_square__customers_resolved') }}

),

codes as (

    select
        organization_id,
        customer_id,
        lower(personal_code) as code
    from profiles
    where personal_code is not null

    union

    select
        organization_id,
        customer_id,
        lower(referral_code) as code
    from profiles
    where referral_code is not null

),

final as (

    select distinct
        codes.organization_id,
        coalesce(customers.canonical_customer_id, codes.customer_id) as canonical_customer_id,
        codes.code
    from codes
    left join customers
        on codes.organization_id = customers.organization_id and codes.customer_id = customers.customer_id

)

select * from final
