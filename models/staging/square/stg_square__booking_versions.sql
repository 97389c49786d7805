{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(source('square', 'bookings'), key='object_id') }}"
) }}

{%- set keys = [
    'status', 'customer_id', 'location_id', 'source', 'customer_note', 'seller_note', 'start_at', 'created_at'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'bookings')) }}

),

read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts,
        {{ ledgerline.json_distinct_texts('payload', 'appointment_segments', 'team_member_id') }} as staff
    from versions

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.square_booking_id('object_id') }} as booking_id,
        object_id,
        texts[2] as customer_id,
        texts[3] as location_id,
        content_hash,

        -- texts
        texts[1] as status,
        array_to_string(staff, ',') as staff_ids,

        -- numerics
        object_version,

        -- booleans
        is_tombstone,

        -- timestamps
        cast(texts[7] as timestamptz) as start_at,
        updated_at,
        _extracted_at as extracted_at,

        -- provenance
        _landed_run as landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by

    from read

)

select * from final
