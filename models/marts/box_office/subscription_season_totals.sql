with

renewals as (

    select * from {{ ref('subscription_renewal_snapshots') }}

),

totals as (

    select
        organization_id,
        season,
        category,
        snapshot_date,
        count(*) as packages,
        cast(sum(new_pkg_seats) as bigint) as new_pkg_seats,
        cast(sum(new_amount) as decimal(18, 2)) as new_amount,
        cast(sum(renewed_pkg_seats) as bigint) as renewed_pkg_seats,
        cast(sum(renewed_amount) as decimal(18, 2)) as renewed_amount,
        cast(sum(total_pkg_seats) as bigint) as total_pkg_seats,
        cast(sum(total_amount) as decimal(18, 2)) as total_amount,
        cast(sum(unique_pkg_seats) as bigint) as unique_pkg_seats,
        bool_and(ticket_price_only) as ticket_price_only
    from renewals
    group by organization_id, season, category, snapshot_date

),

compared as (

    select
        *,
        lag(snapshot_date) over (
            partition by organization_id, season, category
            order by snapshot_date
        ) as previous_snapshot_date,
        lag(total_pkg_seats) over (
            partition by organization_id, season, category
            order by snapshot_date
        ) as previous_pkg_seats,
        lag(total_amount) over (
            partition by organization_id, season, category
            order by snapshot_date
        ) as previous_amount,
        lag(ticket_price_only) over (
            partition by organization_id, season, category
            order by snapshot_date
        ) as previous_ticket_price_only
    from totals

),

-- A report with fees and one without them count other money: their change would be an invention.
judged as (

    select
        *,
        ticket_price_only = previous_ticket_price_only
        or (ticket_price_only is null and previous_ticket_price_only is null) as is_comparable
    from compared

),

final as (

    select
        organization_id,
        season,
        category,
        packages,
        new_pkg_seats,
        new_amount,
        renewed_pkg_seats,
        renewed_amount,
        total_pkg_seats,
        total_amount,
        unique_pkg_seats,
        {{ percent_of('renewed_pkg_seats', 'total_pkg_seats') }} as renewed_percent,
        case when is_comparable then total_pkg_seats - previous_pkg_seats end as seats_change,
        case when is_comparable then cast(total_amount - previous_amount as decimal(18, 2)) end as amount_change,
        ticket_price_only,
        snapshot_date,
        previous_snapshot_date
    from judged

)

select * from final
