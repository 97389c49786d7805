-- An organisation's currency is its oldest location's; without a location, the most frequent of its payments, and
-- without one of Square's own, of those of exports that say theirs.
with

locations as (

    select * from {{ ref('stg_square__locations') }}

),

payments as (

    select * from {{ ref('stg_square__payments') }}

),

export_transactions as (

    select * from {{ ref('stg_square__export_transactions') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

candidates as (

    select
        organization_id,
        currency,
        row_number() over (
            partition by organization_id
            order by created_at nulls last, {{ ledgerline.by_bytes('location_id') }}
        ) as candidate_rank
    from locations
    where currency is not null and not is_deleted

    union all

    -- Behind every location.
    select
        organization_id,
        currency,
        1000000 + row_number() over (
            partition by organization_id
            order by count(*) desc, {{ ledgerline.by_bytes('currency') }}
        ) as candidate_rank
    from payments
    where currency is not null and not is_deleted
    group by organization_id, currency

    union all

    -- Behind every payment of Square's own.
    select
        organization_id,
        currency,
        2000000 + row_number() over (
            partition by organization_id
            order by count(*) desc, {{ ledgerline.by_bytes('currency') }}
        ) as candidate_rank
    from export_transactions
    where currency is not null and event_type = 'Payment'
    group by organization_id, currency

),

first_candidates as (

    select
        organization_id,
        min(candidate_rank) as candidate_rank
    from candidates
    group by organization_id

),

final as (

    select
        candidates.organization_id,
        candidates.currency,
        coalesce(currencies.exponent, 2) as minor_unit_exponent
    from candidates
    inner join first_candidates
        on
            candidates.organization_id = first_candidates.organization_id
            and candidates.candidate_rank = first_candidates.candidate_rank
    left join currencies on candidates.currency = currencies.code

)

select * from final
