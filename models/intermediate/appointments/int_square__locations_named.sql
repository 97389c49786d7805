-- Every location's name and zone; what an export calls by name is found by `match_name`. A place that only exports name
-- has its name for an id, and the zone of most of its rows.
with

locations as (

    select
        *,
        lower(location_name) as match_name
    from {{ ref('stg_square__locations') }}

),

export_rows as (

    select
        organization_id,
        location_name,
        time_zone
    from {{ ref('stg_square__export_transactions') }}
    where location_name <> ''

    union all

    select
        organization_id,
        location_name,
        time_zone
    from {{ ref('stg_square__export_items') }}
    where location_name <> ''

),

export_zones as (

    select
        organization_id,
        lower(location_name) as match_name,
        time_zone,
        min({{ ledgerline.by_bytes('location_name') }}) as location_name,
        row_number() over (
            partition by organization_id, lower(location_name)
            order by
                case when time_zone is null then 1 else 0 end, count(*) desc, {{ ledgerline.by_bytes('time_zone') }}
        ) as zone_rank
    from export_rows
    group by organization_id, lower(location_name), time_zone

),

export_places as (

    select
        organization_id,
        match_name,
        min({{ ledgerline.by_bytes('location_name') }}) as location_name,
        max(case when zone_rank = 1 then time_zone end) as time_zone
    from export_zones
    group by organization_id, match_name

),

final as (

    select
        locations.organization_id,
        locations.location_id,
        coalesce(locations.location_name, 'Unknown location') as location_name,
        coalesce(locations.time_zone, export_places.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        locations.match_name,
        row_number() over (
            partition by locations.organization_id, locations.match_name
            order by {{ ledgerline.by_bytes('locations.location_id') }}
        ) as name_rank
    from locations
    left join export_places
        on
            locations.organization_id = export_places.organization_id
            and locations.match_name = export_places.match_name

    union all

    select
        export_places.organization_id,
        export_places.location_name as location_id,
        export_places.location_name,
        coalesce(export_places.time_zone, {{ ledgerline.reporting_zone() }}) as time_zone,
        export_places.match_name,
        1 as name_rank
    from export_places
    left join locations
        on
            export_places.organization_id = locations.organization_id
            and export_places.match_name = locations.match_name
    where locations.location_id is null

)

select * from final
