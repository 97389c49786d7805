with

events as (

    select * from {{ ref('int_analytics_events_identified') }}

),

final as (

    select
        -- ids
        organization_id,
        event_id as id,
        contact_id,

        -- texts
        name,
        value,
        type,

        -- timestamps
        event_at as timestamp,

        -- texts
        comment

    from events

)

select * from final
