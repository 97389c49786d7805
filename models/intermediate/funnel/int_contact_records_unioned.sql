-- Everything that tells who somebody is, up to the as-of: contact records, leads, orders, and the ids of events.
-- `is_contact` marks records of contacts; `record_number` changes with what a record tells.
{{ config(materialized='view') }}

with

told as (

    select * from {{ ref('int_contact_records_told') }}

),

orders as (

    select
        *,
        contact_visit_touch as last_touch,
        contact_attribute_touch as attribute_touch
    from {{ ref('int_orders_deduped') }}

),

events as (

    select * from {{ ref('int_event_identities_grouped') }}

),

unioned as (

    select
        organization_id,
        clickfunnels_id,
        {{ ledgerline.contact_facts() }},
        is_deletion,
        record_kind,
        created_at,
        told_at,
        source_file,
        source_row,
        extracted_at,
        landed_run,
        record_number,
        identity_number
    from told

    union all

    -- An order tells who its buyer was when it was placed, whatever happened to it later.
    select
        organization_id,
        clickfunnels_contact_id as clickfunnels_id,
        {{ ledgerline.contact_facts(
            known=[
                'email', 'phone', 'full_name', 'first_name', 'last_name', 'source_time_zone', 'calendar_status',
                'obvio_link', 'keap_id', 'manychat_id', 'last_touch', 'attribute_touch'
            ]
        ) }},
        false as is_deletion,
        'order' as record_kind,
        created_at,
        created_at as told_at,
        order_source as source_file,
        order_id as source_row,
        cast(null as timestamptz) as extracted_at,
        landed_run,
        order_fingerprint as record_number,
        identity_number
    from orders
    where identity_number is not null

    union all

    select
        organization_id,
        clickfunnels_contact_id as clickfunnels_id,
        {{ ledgerline.contact_facts(known=['email', 'keap_id', 'manychat_id']) }},
        false as is_deletion,
        'event' as record_kind,
        first_at as created_at,
        last_at as told_at,
        '' as source_file,
        0 as source_row,
        cast(null as timestamptz) as extracted_at,
        cast(null as bigint) as landed_run,
        record_number,
        identity_number
    from events

),

final as (

    select
        *,
        record_kind = 'contact' as is_contact
    from unioned
    where
        (told_at is null or told_at <= {{ ledgerline.as_of_instant() }})
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

)

select * from final
