-- One row per event, up to the as-of: what automations sent, and a lead for each form submission.
{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('int_analytics_events_told') }}

),

submissions as (

    select * from {{ ref('int_form_submissions_merged') }}

),

final as (

    select
        organization_id,
        event_fingerprint,
        event_key,
        event_number,
        is_told_by_values,
        cast(null as varchar) as submission_id,
        email,
        clickfunnels_contact_id,
        keap_id,
        manychat_id,
        identity_number,
        name,
        value,
        type,
        event_at,
        comment
    from events

    union all

    select
        organization_id,
        record_number as event_fingerprint,
        'submission:' || submission_id as event_key,
        {{ ledgerline.hash_number("concat_ws('|', organization_id, 'submission:' || submission_id)") }} as event_number,
        false as is_told_by_values,
        submission_id,
        email,
        clickfunnels_contact_id,
        cast(null as bigint) as keap_id,
        cast(null as bigint) as manychat_id,
        identity_number,
        'form.submitted' as name,
        cast(null as varchar) as value,
        'lead' as type,
        submitted_at as event_at,
        url as comment
    from submissions

)

select * from final
