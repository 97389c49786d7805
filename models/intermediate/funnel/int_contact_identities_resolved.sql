-- Who each identity that anybody used is: a key per person, an address wherever one is known.
with

records as (select * from {{ ref('int_contact_records_unioned') }}),

persons as (select * from {{ ref('int_contact_voices_grouped') }}),

-- One number, one address and ids.
told as (

    select
        organization_id,
        identity_number,
        is_contact,
        min(email) as email,
        min(clickfunnels_id) as clickfunnels_id,
        min(keap_id) as keap_id,
        min(manychat_id) as manychat_id,
        max(told_at) as told_at
    from records
    group by organization_id, identity_number, is_contact

),

identities as (

    select
        organization_id,
        identity_number,
        min(email) as email,
        min(clickfunnels_id) as clickfunnels_id,
        min(keap_id) as keap_id,
        min(manychat_id) as manychat_id
    from told
    group by organization_id, identity_number

),

-- Newest first. What a contact's own record says goes before what orders and leads say of it.
addressed as (
    select * from told
    where email is not null
),

by_clickfunnels as (

    select
        *,
        row_number() over (
            partition by organization_id, clickfunnels_id
            order by is_contact desc, told_at desc nulls last, {{ ledgerline.by_bytes('email') }} asc
        ) as recency_rank
    from addressed
    where clickfunnels_id is not null

),

current_emails as (

    select
        organization_id,
        clickfunnels_id,
        email,
        is_contact,
        told_at
    from by_clickfunnels
    where recency_rank = 1

),

-- An address that a contact had before leads to the same person, unless it is another contact's now.
former_emails as (

    select
        by_clickfunnels.organization_id,
        by_clickfunnels.email as former_email,
        current_emails.email,
        row_number() over (
            partition by by_clickfunnels.organization_id, by_clickfunnels.email
            order by by_clickfunnels.told_at desc nulls last, by_clickfunnels.clickfunnels_id asc
        ) as recency_rank
    from by_clickfunnels
    inner join current_emails
        on
            by_clickfunnels.organization_id = current_emails.organization_id
            and by_clickfunnels.clickfunnels_id = current_emails.clickfunnels_id
    inner join persons as own_persons
        on
            by_clickfunnels.organization_id = own_persons.organization_id
            and by_clickfunnels.clickfunnels_id = own_persons.clickfunnels_id
            and by_clickfunnels.email = own_persons.voice
    inner join persons as current_persons
        on
            current_emails.organization_id = current_persons.organization_id
            and current_emails.clickfunnels_id = current_persons.clickfunnels_id
            and current_emails.email = current_persons.voice
            and own_persons.person_number = current_persons.person_number
    left join current_emails as holders
        on
            by_clickfunnels.organization_id = holders.organization_id
            and by_clickfunnels.email = holders.email
            and by_clickfunnels.clickfunnels_id <> holders.clickfunnels_id
    where
        current_emails.is_contact
        and by_clickfunnels.email <> current_emails.email
        and (by_clickfunnels.told_at is null or by_clickfunnels.told_at < current_emails.told_at)
        and holders.email is null

),

by_keap as (

    select
        organization_id,
        keap_id,
        email,
        row_number() over (
            partition by organization_id, keap_id
            order by is_contact desc, told_at desc nulls last, {{ ledgerline.by_bytes('email') }} asc
        ) as recency_rank
    from addressed
    where keap_id is not null

),

by_manychat as (

    select
        organization_id,
        manychat_id,
        email,
        row_number() over (
            partition by organization_id, manychat_id
            order by is_contact desc, told_at desc nulls last, {{ ledgerline.by_bytes('email') }} asc
        ) as recency_rank
    from addressed
    where manychat_id is not null

),

emailed as (

    select
        identities.organization_id,
        identities.identity_number,
        coalesce(
            identities.email,
            case when persons.voice is null then current_emails.email else persons.email end,
            case
                when persons.voice is null or by_keap.email is distinct from current_emails.email then by_keap.email
            end,
            by_manychat.email
        ) as email,
        case
            when persons.unaddressed_rank > 1
                then concat_ws(':', 'cf', identities.clickfunnels_id, persons.person_number)
            when identities.clickfunnels_id is not null then 'cf:' || cast(identities.clickfunnels_id as varchar)
            when identities.keap_id is not null then 'keap:' || cast(identities.keap_id as varchar)
            else 'manychat:' || cast(identities.manychat_id as varchar)
        end as key_without_email
    from identities
    left join current_emails
        on
            identities.organization_id = current_emails.organization_id
            and identities.clickfunnels_id = current_emails.clickfunnels_id
    left join persons
        on
            identities.organization_id = persons.organization_id
            and identities.clickfunnels_id = persons.clickfunnels_id
            and cast(identities.identity_number as varchar) = persons.voice
    left join by_keap
        on
            identities.organization_id = by_keap.organization_id
            and identities.keap_id = by_keap.keap_id
            and by_keap.recency_rank = 1
    left join by_manychat
        on
            identities.organization_id = by_manychat.organization_id
            and identities.manychat_id = by_manychat.manychat_id
            and by_manychat.recency_rank = 1

),

keyed as (

    select
        emailed.organization_id,
        emailed.identity_number,
        coalesce(former_emails.email, emailed.email) as email,
        coalesce(former_emails.email, emailed.email, emailed.key_without_email) as contact_key
    from emailed
    left join former_emails
        on
            emailed.organization_id = former_emails.organization_id
            and emailed.email = former_emails.former_email
            and former_emails.recency_rank = 1

),

numbered as (

    select
        organization_id,
        identity_number,
        email,
        contact_key,
        {{ ledgerline.hash_number("concat_ws('|', organization_id, contact_key)") }} as contact_id
    from keyed

),

final as (

    select
        *,
        {{ ledgerline.change_number('identity_number', 'contact_id') }} as identity_fingerprint
    from numbered

)

select * from final
