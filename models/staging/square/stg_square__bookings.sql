{%- set booking_id = ledgerline.square_booking_id('object_id') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(
        source('square', 'bookings'), key='booking_id', raw_key=ledgerline.square_booking_id('object_id')
    ) }}"
) }}

with

several as (

    {{ ledgerline.square_several(source('square', 'bookings'), booking_id) }}

),

-- A cancellation is dated by the first version that shows it: a note written later does not move it.
cancelled as (

    select
        organization_id,
        object_key,
        updated_at as cancelled_at,
        row_number() over (
            partition by organization_id, object_key order by object_version, updated_at nulls last, content_hash
        ) as cancellation_rank
    from several
    where
        not is_tombstone
        and {{ ledgerline.json_text('payload', 'status') }}
        in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER')

),

-- Of a legacy copy and the plain id at one version and time, the plain id speaks.
latest as (

    {{ ledgerline.square_latest(
        source('square', 'bookings'), 'several', 'case when object_id = object_key then 0 else 1 end', booking_id
    ) }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'status': 'status',
        'customer_id': 'customer_id',
        'location_id': 'location_id',
        'source': 'source',
        'customer_note': 'customer_note',
        'seller_note': 'seller_note',
        'segments': 'appointment_segments',
        'start_at': 'start_at',
        'created_at': 'created_at'
    }) }}

),

repeated as (

    select distinct
        organization_id,
        object_key
    from several

),

dated as (

    select
        read.*,
        repeated.object_key is not null as has_several_versions,
        cancelled.cancelled_at as first_cancelled_at
    from read
    left join repeated
        on read.organization_id = repeated.organization_id and read.object_key = repeated.object_key
    left join cancelled
        on
            read.organization_id = cancelled.organization_id
            and read.object_key = cancelled.object_key
            and cancelled.cancellation_rank = 1

),

final as (

    select
        -- ids
        organization_id,
        object_key as booking_id,
        customer_id,
        location_id,

        -- texts
        status,
        source,
        nullif({{ ledgerline.trimmed('customer_note') }}, '') as customer_note,
        nullif({{ ledgerline.trimmed('seller_note') }}, '') as seller_note,
        segments,

        -- numerics
        greatest(1, coalesce(array_length(
            {{ ledgerline.json_distinct_texts('payload', 'appointment_segments', 'team_member_id') }}, 1
        ), 0)) as staff_slots,

        -- timestamps
        cast(start_at as timestamptz) as start_at,
        cast(created_at as timestamptz) as created_at,
        case
            when has_several_versions then first_cancelled_at
            when not is_tombstone and status in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') then updated_at
        end as cancelled_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from dated

)

select * from final
