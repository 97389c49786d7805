-- What contact records and leads tell of who somebody is; `told_at` is when the source last said so.
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
        source_hash,
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

submissions as (

    select * from {{ ref('int_form_submissions_merged') }}

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
        landed_run,
        {{ ledgerline.told_row_number('api_contacts') }} as record_number
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
        landed_run,
        {{ ledgerline.told_row_number('webhook_contacts') }} as record_number
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
        landed_run,
        {{ ledgerline.told_row_number('export_contacts') }} as record_number
    from export_contacts

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
        landed_run,
        record_number
    from submissions

),

described as (

    select
        *,
        concat_ws('|', full_name, first_name, last_name, phone) as self
    from unioned

),

final as (

    select
        *,
        -- What a record without an address says of itself tells it from another one of the same id.
        case
            when record_kind = 'contact' and email is null and clickfunnels_id is not null and self <> ''
                then {{ ledgerline.hash_number(
                    "concat_ws('|', organization_id, "
                    ~ ledgerline.identity_key('email', 'clickfunnels_id', 'keap_id', 'manychat_id') ~ ", self)"
                ) }}
            else {{ ledgerline.identity_number(
                'organization_id', 'email', 'clickfunnels_id', 'keap_id', 'manychat_id'
            ) }}
        end as identity_number
    from described

)

select * from final
