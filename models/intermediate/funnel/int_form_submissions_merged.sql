-- One row per form submission, told by the API, by webhooks or both, up to the as-of.
with

api_submissions as (

    select * from {{ ref('stg_clickfunnels__form_submissions') }}

),

webhook_texts as (

    {{ ledgerline.webhook_texts('form_submissions', ledgerline.submission_keys()) }}

),

webhook_submissions as (

    select
        organization_id,
        {{ ledgerline.submission_columns() }},
        source_file,
        source_hash,
        source_row,
        extracted_at,
        landed_run,
        event_at
    from webhook_texts

),

unioned as (

    select
        organization_id,
        submission_id,
        {{ ledgerline.submission_facts() }},
        created_at as submitted_at,
        1 as input_rank,
        {{ ledgerline.told_row_number('api_submissions') }} as row_number_hash,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from api_submissions

    union all

    select
        organization_id,
        submission_id,
        {{ ledgerline.submission_facts() }},
        coalesce(created_at, event_at) as submitted_at,
        2 as input_rank,
        {{ ledgerline.told_row_number('webhook_submissions') }} as row_number_hash,
        source_file,
        source_row,
        extracted_at,
        landed_run
    from webhook_submissions

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, submission_id
            order by
                extracted_at desc,
                input_rank asc,
                landed_run desc,
                {{ ledgerline.by_bytes('source_file') }} desc,
                source_row desc
        ) as telling_rank
    from unioned
    where submitted_at <= {{ ledgerline.as_of_instant() }}

),

newest as (

    select
        organization_id,
        submission_id,
        {{ ledgerline.newest_columns(
            [
                'clickfunnels_contact_id', 'email', 'full_name', 'phone', 'url', 'touch', 'ad_id', 'submitted_at',
                'source_file', 'source_row', 'extracted_at',
            ],
            'telling_rank'
        ) }},
        max(landed_run) as landed_run,
        {{ ledgerline.change_number('sum(row_number_hash)', 'count(*)') }} as record_number
    from ranked
    group by organization_id, submission_id

),

final as (

    select
        *,
        {{ ledgerline.identity_number('organization_id', 'email', 'clickfunnels_contact_id') }} as identity_number
    from newest

)

select * from final
