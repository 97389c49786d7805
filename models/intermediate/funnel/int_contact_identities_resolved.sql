-- Who each identity that anybody used is: a key per person, an address wherever one is known.
with

records as (select * from {{ ref('int_contact_records_unioned') }}),

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

-- Ids whose records may be of several people: of several addresses, or of one and of none.
doubtful as (

    select
        organization_id,
        clickfunnels_id
    from told
    where clickfunnels_id is not null and (is_contact or email is not null)
    group by organization_id, clickfunnels_id
    having count(distinct coalesce(email, '')) > 1

),

doubtful_records as (

    select
        records.organization_id,
        records.clickfunnels_id,
        coalesce(records.email, '') as email,
        {{ ledgerline.plain_word(
            "coalesce(records.full_name, nullif(concat_ws(' ', records.first_name, records.last_name), ''))"
        ) }} as full_name,
        regexp_replace(records.phone, '[^0-9]', '', 'g') as phone_digits
    from records
    inner join doubtful
        on
            records.organization_id = doubtful.organization_id
            and records.clickfunnels_id = doubtful.clickfunnels_id
    where records.is_contact or records.email is not null

),

-- What records say besides the id.
facts as (

    select distinct
        organization_id,
        clickfunnels_id,
        email,
        'name:' || full_name as fact
    from doubtful_records
    where full_name <> ''

    union all

    select distinct
        organization_id,
        clickfunnels_id,
        email,
        'phone:' || right(phone_digits, 10) as fact
    from doubtful_records
    where length(phone_digits) >= 7

),

-- Records of one id that agree in no address, phone or name are never one person.
agreeing as (

    select distinct
        facts.organization_id,
        facts.clickfunnels_id,
        facts.email
    from facts
    inner join current_emails
        on
            facts.organization_id = current_emails.organization_id
            and facts.clickfunnels_id = current_emails.clickfunnels_id
    inner join facts as current_facts
        on
            facts.organization_id = current_facts.organization_id
            and facts.clickfunnels_id = current_facts.clickfunnels_id
            and current_emails.email = current_facts.email
            and facts.fact = current_facts.fact

),

-- Ids of which a record without an address says who it is, and says another than the address's own records do.
strangers as (

    select distinct
        facts.organization_id,
        facts.clickfunnels_id
    from facts
    left join agreeing
        on
            facts.organization_id = agreeing.organization_id
            and facts.clickfunnels_id = agreeing.clickfunnels_id
            and agreeing.email = ''
    where facts.email = '' and agreeing.email is null

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
    inner join agreeing
        on
            by_clickfunnels.organization_id = agreeing.organization_id
            and by_clickfunnels.clickfunnels_id = agreeing.clickfunnels_id
            and by_clickfunnels.email = agreeing.email
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
            case when strangers.clickfunnels_id is null then current_emails.email end,
            by_keap.email,
            by_manychat.email
        ) as email,
        case
            when identities.clickfunnels_id is not null then 'cf:' || cast(identities.clickfunnels_id as varchar)
            when identities.keap_id is not null then 'keap:' || cast(identities.keap_id as varchar)
            else 'manychat:' || cast(identities.manychat_id as varchar)
        end as key_without_email
    from identities
    left join current_emails
        on
            identities.organization_id = current_emails.organization_id
            and identities.clickfunnels_id = current_emails.clickfunnels_id
    left join strangers
        on
            identities.organization_id = strangers.organization_id
            and identities.clickfunnels_id = strangers.clickfunnels_id
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
