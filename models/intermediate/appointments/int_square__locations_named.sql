-- Every location's name and zone; what an export calls by name is found by `match_name`.
with

locations as (

    select * from {{ ref('stg_square__locations') }}

),

final as (

    select
        organization_id,
        location_id,
        coalesce(location_name, 'Unknown location') as location_name,
        coalesce(time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        lower(location_name) as match_name,
        row_number() over (
            partition by organization_id, lower(location_name) order by {{ ledgerline.by_bytes('location_id') }}
        ) as name_rank
    from locations

)

select * from final
