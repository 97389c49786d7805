-- An organisation's currency is its oldest location's; without a location, the most frequent of its payments, Square's
-- own and those of exports that say theirs.
with

locations as (

    select * from {{ ref('stg_square__locations') }}

),

payments as (

    select
        organization_id,
        currency
    from {{ ref('stg_square__payments') }}
    where not is_deleted

    union all

    select
        export_payments.organization_id,
        export_payments.currency
    from (
        select distinct
            organization_id,
            payment_id,
            currency
        from {{ ref('stg_square__export_transactions') }}
        where event_type = 'Payment' and currency is not null
    ) as export_payments
    left join {{ ref('stg_square__payments') }} as landed
        on
            export_payments.organization_id = landed.organization_id
            and export_payments.payment_id = landed.payment_id
    where landed.payment_id is null

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
    where currency is not null
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
