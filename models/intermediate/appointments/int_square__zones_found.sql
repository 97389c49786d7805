-- Every zone in which something has a calendar day: of places, of rows of exports that say their own, and of reports.
with

final as (

    select time_zone from {{ ref('int_square__locations_named') }}

    union

    select time_zone from {{ ref('stg_square__export_transactions') }}
    where time_zone is not null

    union

    select time_zone from {{ ref('stg_square__export_items') }}
    where time_zone is not null

    union

    select {{ ledgerline.reporting_zone() }} as time_zone

)

select * from final
