-- One row per person, each column as the newest record that says something of it.
{{ config(materialized='kept', work='int_contacts_fingerprinted', fingerprint='contact_fingerprint') }}
{%- set facts = [
    'phone', 'full_name', 'first_name', 'last_name', 'source_time_zone', 'calendar_status', 'obvio_link',
    'clickfunnels_id', 'keap_id', 'manychat_id'
] %}
{%- set touches = ['ad_id', 'first_touch', 'last_touch', 'attribute_touch'] %}

with

contact_fingerprints as (select * from {{ ref('int_contacts_fingerprinted') }}),

records as (

    select * from {{ ref('int_contact_records_unioned') }}

),

identities as (

    select
        identities.identity_number,
        identities.email,
        contact_fingerprints.contact_id,
        contact_fingerprints.contact_fingerprint
    from {{ ref('int_contact_identities_resolved') }} as identities
    inner join contact_fingerprints on identities.contact_id = contact_fingerprints.contact_id

),

time_zones as (

    select * from {{ ref('stg_settings__funnel_time_zones') }}

),

ranked as (

    select
        records.*,
        identities.contact_id,
        identities.contact_fingerprint,
        identities.email as person_email,
        row_number() over (
            partition by identities.contact_id
            order by
                records.told_at desc nulls last,
                records.is_contact desc,
                records.extracted_at desc nulls last,
                records.landed_run desc nulls last,
                {{ ledgerline.by_bytes('records.record_kind') }},
                {{ ledgerline.by_bytes('records.source_file') }} desc,
                records.source_row desc,
                records.identity_number
        ) as telling_rank
    from records
    inner join identities on records.identity_number = identities.identity_number

),

-- What orders say of their buyers only fills what nobody else does.
filling as (

    select
        *,
        row_number() over (
            partition by contact_id order by case when record_kind = 'order' then 1 else 0 end, telling_rank
        ) as fact_rank
    from ranked

),

newest as (

    select
        organization_id,
        contact_id,
        contact_fingerprint,
        max(person_email) as email,
        {{ ledgerline.newest_columns(facts, 'fact_rank') }},
        {{ ledgerline.newest_columns(touches, 'telling_rank') }},
        {{ ledgerline.newest_known('case when is_contact then is_deletion end', 'telling_rank') }} as is_deleted,
        min(case when is_contact then created_at end) as first_recorded_at,
        min(created_at) as first_met_at
    from filling
    group by organization_id, contact_id, contact_fingerprint

),

final as (

    select
        newest.organization_id,
        newest.contact_id,
        newest.contact_fingerprint,
        newest.email,
        {{ ledgerline.columns_of('newest', facts + touches) }},
        coalesce(time_zones.iana_name, newest.source_time_zone) as time_zone,
        coalesce(newest.is_deleted, false) as is_deleted,
        coalesce(newest.first_recorded_at, newest.first_met_at) as created_at
    from newest
    left join time_zones
        on {{ ledgerline.plain_word('newest.source_time_zone') }} = {{ ledgerline.plain_word('time_zones.rails_name') }}

)

select * from final
