{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'bookings'), key='object_id') }}"
) }}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'bookings')) }}

),

read as (

    {{ ledgerline.json_read('versions', 'payload', {
        'status': 'status',
        'customer_id': 'customer_id',
        'location_id': 'location_id',
        'start_at': 'start_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.square_booking_id('object_id') }} as booking_id,
        object_id,
        customer_id,
        location_id,
        content_hash,

        -- texts
        status,
        array_to_string(
            {{ ledgerline.json_distinct_texts('payload', 'appointment_segments', 'team_member_id') }}, ','
        ) as staff_ids,

        -- numerics
        object_version,

        -- booleans
        is_tombstone,

        -- timestamps
        cast(start_at as timestamptz) as start_at,
        updated_at,
        _extracted_at as extracted_at,

        -- provenance
        _landed_run as landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
