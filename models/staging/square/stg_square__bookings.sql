{%- set booking_id = ledgerline.square_booking_id('object_id') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ ledgerline.square_forget_changed(
        source('square', 'bookings'), key='booking_id', raw_key=ledgerline.square_booking_id('object_id')
    ) }}"
) }}

{%- set keys = [
    'status', 'customer_id', 'location_id', 'source', 'customer_note', 'seller_note', 'start_at', 'created_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'bookings'), booking_id) }}

),

-- Whatever a version named before may have to be counted anew when the booking changes.
named_ids as (

    select
        organization_id,
        object_key,
        string_agg(distinct ({{ ledgerline.json_texts('payload', ['customer_id']) }})[1], chr(31)) as all_customer_ids
    from several
    group by organization_id, object_key

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
        and ({{ ledgerline.json_texts('payload', ['status']) }})[1]
        in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER')

),

-- Of a legacy copy and the plain id at one version and time, the plain id speaks.
latest as (

    {{ ledgerline.square_latest(
        source('square', 'bookings'), 'several', 'case when object_id = object_key then 0 else 1 end', booking_id
    ) }}

),

read as (

    select
        latest.*,
        {{ ledgerline.json_texts('latest.payload', keys) }} as texts,
        {{ ledgerline.json_distinct_texts('latest.payload', 'appointment_segments', 'team_member_id') }} as staff,
        ({{ ledgerline.json_texts('latest.payload', ['appointment_segments']) }})[1] as segments,
        named_ids.object_key is not null as has_several_versions,
        named_ids.all_customer_ids,
        cancelled.cancelled_at as first_cancelled_at
    from latest
    left join cancelled
        on
            latest.organization_id = cancelled.organization_id
            and latest.object_key = cancelled.object_key
            and cancelled.cancellation_rank = 1
    left join named_ids
        on latest.organization_id = named_ids.organization_id and latest.object_key = named_ids.object_key

),

final as (

    select
        -- ids
        organization_id,
        object_key as booking_id,
        texts[2] as customer_id,
        coalesce(all_customer_ids, texts[2]) as all_customer_ids,
        texts[3] as location_id,

        -- texts
        texts[1] as status,
        texts[4] as source,
        nullif({{ ledgerline.trimmed('texts[5]') }}, '') as customer_note,
        nullif({{ ledgerline.trimmed('texts[6]') }}, '') as seller_note,
        segments,

        -- numerics
        greatest(1, coalesce(array_length(staff, 1), 0)) as staff_slots,

        -- timestamps
        cast(texts[7] as timestamptz) as start_at,
        cast(texts[8] as timestamptz) as created_at,
        case
            when has_several_versions then first_cancelled_at
            when not is_tombstone and texts[1] in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER') then updated_at
        end as cancelled_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
