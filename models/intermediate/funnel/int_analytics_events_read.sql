-- Every row of an event that landed, typed: each file is read once. An event without an id is the same as another when
-- all its values are; its contact is known only later.
{{ config(
    materialized='kept', work='int_analytics_event_files_fingerprinted', fingerprint='file_fingerprint',
    skip_older_runs_of=['stg_clickfunnels__events']
) }}

with

file_fingerprints as (select * from {{ ref('int_analytics_event_files_fingerprinted') }}),

events as (

    select
        *,
        {{ ledgerline.identity_key('email', 'clickfunnels_contact_id', 'keap_id', 'manychat_id') }} as identity_key
    from {{ ref('stg_clickfunnels__events') }}

),

keyed as (

    select
        *,
        coalesce(
            'event:' || event_id,
            'values:' || identity_key
            || '|' || coalesce(name, '') || '|' || coalesce(value, '') || '|' || type
            || '|' || cast(event_at as varchar) || '|' || coalesce(comment, '')
        ) as event_key
    from events

),

final as (

    select
        keyed.*,
        {{ ledgerline.hash_number("concat_ws('|', keyed.organization_id, keyed.event_key)") }} as event_number,
        {{ ledgerline.identity_number(
            'keyed.organization_id', 'keyed.email', 'keyed.clickfunnels_contact_id', 'keyed.keap_id',
            'keyed.manychat_id'
        ) }} as identity_number,
        {{ ledgerline.told_row_number('keyed') }} as row_number_hash,
        file_fingerprints.file_fingerprint
    from keyed
    inner join file_fingerprints
        on
            keyed.organization_id = file_fingerprints.organization_id
            and keyed.source_hash = file_fingerprints.source_hash

)

select * from final
