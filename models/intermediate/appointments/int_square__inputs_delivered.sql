-- What kinds of input each organisation has ever delivered, however old, late or deleted: of what it never delivered
-- nothing is known, and a count of it is no 0.
with

delivered as (

    select distinct
        organization_id,
        'bookings' as kind
    from {{ ref('stg_square__bookings') }}

    union all

    select distinct
        organization_id,
        'payments' as kind
    from {{ ref('stg_square__payments') }}

    union all

    select distinct
        organization_id,
        'payments' as kind
    from {{ ref('stg_square__export_transactions') }}

    union all

    select distinct
        organization_id,
        'orders' as kind
    from {{ ref('stg_square__orders') }}

    union all

    select distinct
        organization_id,
        'orders' as kind
    from {{ ref('stg_square__export_items') }}

    union all

    select distinct
        organization_id,
        'referral_profiles' as kind
    from {{ ref('stg_square__referral_profiles') }}

    union all

    select distinct
        organization_id,
        'rewards' as kind
    from {{ ref('stg_square__referral_rewards') }}

    union all

    select distinct
        organization_id,
        'card_activities' as kind
    from {{ ref('stg_square__gift_card_activities') }}

),

final as (

    select
        organization_id,
        max(case when kind = 'bookings' then 1 else 0 end) = 1 as has_bookings,
        max(case when kind = 'payments' then 1 else 0 end) = 1 as has_payments,
        max(case when kind = 'orders' then 1 else 0 end) = 1 as has_orders,
        max(case when kind = 'referral_profiles' then 1 else 0 end) = 1 as has_referral_profiles,
        max(case when kind = 'rewards' then 1 else 0 end) = 1 as has_rewards,
        max(case when kind = 'card_activities' then 1 else 0 end) = 1 as has_card_activities
    from delivered
    group by organization_id

)

select * from final
