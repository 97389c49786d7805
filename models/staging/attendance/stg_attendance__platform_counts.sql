with

platform_counts as (

    select * from {{ source('attendance', 'platform_counts') }}

),

final as (

    select
        -- ids
        organization_id,

        -- texts
        platform,

        -- numerics
        cast(participant_count as integer) as participant_count,

        -- dates
        cast(date as date) as date,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from platform_counts

)

select * from final
