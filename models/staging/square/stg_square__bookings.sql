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

versions as (

    {{ ledgerline.square_versions(source('square', 'bookings'), booking_id) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from dated

),

-- Whatever a version named before may have to be counted anew when the booking changes.
named_ids as (

    select
        organization_id,
        object_key,
        string_agg(distinct texts[2], chr(31)) as all_customer_ids
    from read
    where version_count > 1
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
    from read
    where not is_tombstone and texts[1] in ('CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SELLER')

),

-- Of a legacy copy and the plain id at one version and time, the plain id speaks.
ranked as (

    {{ ledgerline.square_ranked('read', 'case when object_id = object_key then 0 else 1 end') }}

),

latest as (

    select
        ranked.*,
        cancelled.cancelled_at,
        named_ids.all_customer_ids,
        {{ ledgerline.json_distinct_texts('ranked.payload', 'appointment_segments', 'team_member_id') }} as staff,
        ({{ ledgerline.json_texts('ranked.payload', ['appointment_segments']) }})[1] as segments
    from ranked
    left join cancelled
        on
            ranked.organization_id = cancelled.organization_id
            and ranked.object_key = cancelled.object_key
            and cancelled.cancellation_rank = 1
    left join named_ids
        on ranked.organization_id = named_ids.organization_id and ranked.object_key = named_ids.object_key
    where ranked.version_rank = 1

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
        nullif(trim(texts[5]), '') as customer_note,
        nullif(trim(texts[6]), '') as seller_note,
        segments,

        -- numerics
        greatest(1, coalesce(array_length(staff, 1), 0)) as staff_slots,

        -- timestamps
        cast(texts[7] as timestamptz) as start_at,
        cast(texts[8] as timestamptz) as created_at,
        cancelled_at,
        updated_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from latest

)

select * from final
