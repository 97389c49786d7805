-- Every event with the contact who did it.
{{ config(materialized='view') }}

with

keyed as (

    select * from {{ ref('int_keyed_events_identified') }}

),

unkeyed as (

    select * from {{ ref('int_unkeyed_events_identified') }}

),

final as (

    select
        organization_id,
        event_id,
        contact_id,
        submission_id,
        name,
        value,
        type,
        event_at,
        comment
    from keyed

    union all

    select
        organization_id,
        event_id,
        contact_id,
        submission_id,
        name,
        value,
        type,
        event_at,
        comment
    from unkeyed

)

select * from final
