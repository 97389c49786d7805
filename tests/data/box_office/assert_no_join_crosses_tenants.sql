-- Every mart row's tenant and code came from a raw row of that tenant. A failure means that a join forgot the tenant.
-- Returns the tenant and code that no raw row has.
with

landed as (

    select
        organization_id,
        performance_code
    from {{ ref('stg_box_office__performance_sales') }}

    union

    select
        organization_id,
        performance_code
    from {{ ref('stg_box_office__price_types') }}

    union

    select
        organization_id,
        performance_code
    from {{ ref('stg_box_office__history') }}

    union

    select
        organization_id,
        performance_code
    from {{ ref('stg_box_office__migrations') }}

    union

    select
        organization_id,
        performance_code
    from {{ ref('stg_box_office__metadata_edits') }}

)

select
    performances.organization_id,
    performances.performance_code
from {{ ref('performances') }} as performances
left join landed
    on
        performances.organization_id = landed.organization_id
        and performances.performance_code = landed.performance_code
where landed.performance_code is null
