-- One row per event, up to the as-of: what automations sent, and a lead for each form submission.
with

events as (

    select * from {{ ref('stg_clickfunnels__events') }}

),

submissions as (

    select * from {{ ref('int_form_submissions_merged') }}

),

-- An event without an id is the same as another when all its values are; its contact is known only later.
keyed as (

    select
        *,
        coalesce(
            'event:' || event_id,
            'values:' || {{ ledgerline.identity_key('email', 'clickfunnels_contact_id', 'keap_id', 'manychat_id') }}
            || '|' || coalesce(name, '') || '|' || coalesce(value, '') || '|' || type
            || '|' || cast(event_at as varchar) || '|' || coalesce(comment, '')
        ) as event_key
    from events
    where event_at <= {{ ledgerline.as_of_instant() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, event_key
            order by extracted_at desc, landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc, source_row desc
        ) as telling_rank
    from keyed

),

final as (

    select
        organization_id,
        event_key,
        cast(null as varchar) as submission_id,
        email,
        clickfunnels_contact_id,
        keap_id,
        manychat_id,
        {{ ledgerline.identity_key('email', 'clickfunnels_contact_id', 'keap_id', 'manychat_id') }} as identity_key,
        name,
        value,
        type,
        event_at,
        comment
    from ranked
    where telling_rank = 1

    union all

    select
        organization_id,
        'submission:' || submission_id as event_key,
        submission_id,
        email,
        clickfunnels_contact_id,
        cast(null as bigint) as keap_id,
        cast(null as bigint) as manychat_id,
        {{ ledgerline.identity_key('email', 'clickfunnels_contact_id') }} as identity_key,
        'form.submitted' as name,
        cast(null as varchar) as value,
        'lead' as type,
        submitted_at as event_at,
        url as comment
    from submissions

)

select * from final
