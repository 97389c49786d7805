-- What is known of each person at the as-of, as one number: a person is described anew when it changes.
with

records as (

    select * from {{ ref('int_contact_records_unioned') }}

),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

time_zones as (

    select concat_ws('|', rails_name, iana_name) as line
    from {{ ref('stg_settings__funnel_time_zones') }}

),

rules as (

    select md5(coalesce(string_agg(line, ';' order by {{ ledgerline.by_bytes('line') }}), '')) as rules
    from time_zones

),

contacts as (

    select
        identities.contact_id,
        max(identities.email) as email,
        sum(records.record_number) as records_hash,
        count(*) as record_count
    from records
    inner join identities on records.identity_number = identities.identity_number
    group by identities.contact_id

),

final as (

    select
        contacts.contact_id,
        {{ ledgerline.change_number(
            'contacts.contact_id', 'contacts.email', 'contacts.records_hash', 'contacts.record_count', 'rules.rules',
            "'" ~ ledgerline.funnel_rules() ~ "'"
        ) }} as contact_fingerprint
    from contacts
    cross join rules

)

select * from final
