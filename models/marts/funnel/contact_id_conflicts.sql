with

records as (

    select * from {{ ref('int_contact_records_unioned') }}

),

identities as (

    select * from {{ ref('int_contact_identities_resolved') }}

),

told as (

    select distinct
        organization_id,
        'clickfunnels' as id_kind,
        clickfunnels_id as source_id,
        identity_number
    from records
    where clickfunnels_id is not null

    union all

    select distinct
        organization_id,
        'keap' as id_kind,
        keap_id as source_id,
        identity_number
    from records
    where keap_id is not null

    union all

    select distinct
        organization_id,
        'manychat' as id_kind,
        manychat_id as source_id,
        identity_number
    from records
    where manychat_id is not null

),

held as (

    select
        told.organization_id,
        told.id_kind,
        told.source_id,
        identities.contact_id,
        max(identities.email) as email
    from told
    inner join identities on told.identity_number = identities.identity_number
    group by told.organization_id, told.id_kind, told.source_id, identities.contact_id

),

counted as (

    select
        *,
        count(*) over (partition by organization_id, id_kind, source_id) as contacts
    from held

),

final as (

    select
        -- ids
        organization_id,
        id_kind,
        cast(source_id as bigint) as source_id,
        contact_id,

        -- texts
        cast(email as varchar) as email,

        -- numerics
        cast(contacts as bigint) as contacts

    from counted
    where contacts > 1

)

select * from final
