-- Everything that tells who somebody is, up to the as-of: contact records, orders, leads, and the ids of events.
-- `is_contact` marks records of contacts; `told_at` is when the source last said so.
with

api_contacts as (

    select * from {{ ref('stg_clickfunnels__contacts') }}

),

webhook_texts as (

    {{ ledgerline.webhook_texts('contacts', ledgerline.contact_keys()) }}

),

webhook_contacts as (

    select
        organization_id,
        {{ ledgerline.contact_columns() }},
        source_file,
        source_row,
        extracted_at,
        landed_run,
        event_at,
        event_type = 'contact.deleted' as is_deletion
    from webhook_texts

),

export_contacts as (

    select * from {{ ref('stg_clickfunnels__export_contacts') }}

),

orders as (

    select
        *,
        contact_visit_touch as last_touch,
        contact_attribute_touch as attribute_touch
    from {{ ref('int_orders_deduped') }}

),

submissions as (

    select * from {{ ref('int_form_submissions_merged') }}

),

events as (

    select
        organization_id,
        min(email) as email,
        min(clickfunnels_contact_id) as clickfunnels_contact_id,
        min(keap_id) as keap_id,
        min(manychat_id) as manychat_id,
        min(event_at) as first_at,
        max(event_at) as last_at
    from {{ ref('int_analytics_events_deduped') }}
    where submission_id is null
    -- One number, one address and ids.
    group by organization_id, identity_number

),

unioned as (

    select
        organization_id,
        clickfunnels_id,
        {{ ledgerline.contact_facts() }},
        false as is_deletion,
        'contact' as record_kind,
        created_at,
        coalesce(updated_at, created_at) as told_at,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from api_contacts

    union all

    select
        organization_id,
        clickfunnels_id,
        {{ ledgerline.contact_facts() }},
        is_deletion,
        'contact' as record_kind,
        created_at,
        case
            when is_deletion then greatest(updated_at, event_at, created_at)
            else coalesce(updated_at, event_at, created_at)
        end as told_at,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from webhook_contacts

    union all

    select
        organization_id,
        clickfunnels_id,
        {{ ledgerline.contact_facts(
            unknown=['source_time_zone', 'ad_id', 'first_touch', 'last_touch', 'attribute_touch']
        ) }},
        false as is_deletion,
        'contact' as record_kind,
        created_at,
        coalesce(updated_at, created_at) as told_at,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from export_contacts

    union all

    -- An order tells who its buyer was when it was placed, whatever happened to it later.
    select
        organization_id,
        clickfunnels_contact_id as clickfunnels_id,
        {{ ledgerline.contact_facts(
            known=[
                'email', 'phone', 'full_name', 'first_name', 'last_name', 'last_touch', 'attribute_touch'
            ]
        ) }},
        false as is_deletion,
        'order' as record_kind,
        created_at,
        created_at as told_at,
        order_source as source_file,
        order_id as source_row,
        cast(null as timestamptz) as extracted_at,
        landed_run
    from orders
    where email is not null or clickfunnels_contact_id is not null

    union all

    select
        organization_id,
        clickfunnels_contact_id as clickfunnels_id,
        {{ ledgerline.contact_facts(known=['email', 'phone', 'full_name']) }},
        false as is_deletion,
        'lead' as record_kind,
        submitted_at as created_at,
        submitted_at as told_at,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from submissions

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
        cast(null as bigint) as landed_run
    from events

),

final as (

    select
        *,
        record_kind = 'contact' as is_contact,
        {{ ledgerline.identity_key('email', 'clickfunnels_id', 'keap_id', 'manychat_id') }} as identity_key
    from unioned
    where
        (told_at is null or told_at <= {{ ledgerline.as_of_instant() }})
        and (created_at is null or created_at <= {{ ledgerline.as_of_instant() }})

)

select * from final
