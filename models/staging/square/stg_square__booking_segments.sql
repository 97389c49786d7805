{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_parts(ref('stg_square__bookings'), 'booking_id') }}"
) }}

with

parents as (

    select
        organization_id,
        booking_id,
        {{ ledgerline.json_elements('segments') }} as elements,
        landed_run
    from {{ ref('stg_square__bookings') }}
    where landed_run > {{ ledgerline.square_seen_run() }}

),

elements as (

    select
        organization_id,
        booking_id,
        generate_subscripts(elements, 1) as position,
        unnest(elements) as element,
        landed_run
    from parents

),

read as (

    {{ ledgerline.json_read('elements', 'element', {
        'team_member_id': 'team_member_id',
        'service_variation_id': 'service_variation_id',
        'duration_minutes': 'duration_minutes'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        booking_id,
        cast(position as bigint) as segment_index,
        nullif(team_member_id, '') as team_member_id,
        nullif(service_variation_id, '') as service_variation_id,

        -- numerics
        cast(duration_minutes as bigint) as duration_minutes,

        -- provenance
        landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
