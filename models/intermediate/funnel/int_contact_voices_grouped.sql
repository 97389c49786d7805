-- Which records of one ClickFunnels id are of one person: those that agree in an address, phone or name. A voice is an
-- address, or a record without one; one that says nothing of itself is none, and goes by its id.
{%- set steps = ['fact', 'voice'] * 4 %}

with

voices as (

    select
        organization_id,
        clickfunnels_id,
        email,
        coalesce(email, cast(identity_number as varchar)) as voice,
        identity_number,
        is_contact,
        told_at,
        full_name,
        first_name,
        last_name,
        phone
    from {{ ref('int_contact_records_unioned') }}
    where clickfunnels_id is not null and (is_contact or email is not null)

),

doubtful as (

    select
        organization_id,
        clickfunnels_id
    from voices
    group by organization_id, clickfunnels_id
    having count(distinct voice) > 1

),

doubtful_voices as (

    select
        voices.*,
        {{ ledgerline.plain_word(
            "coalesce(voices.full_name, nullif(concat_ws(' ', voices.first_name, voices.last_name), ''))"
        ) }} as name_fact,
        regexp_replace(voices.phone, '[^0-9]', '', 'g') as phone_digits
    from voices
    inner join doubtful
        on
            voices.organization_id = doubtful.organization_id
            and voices.clickfunnels_id = doubtful.clickfunnels_id

),

-- What a voice says besides the id.
facts as (

    select
        organization_id,
        clickfunnels_id,
        voice,
        'name:' || name_fact as fact,
        identity_number
    from doubtful_voices
    where name_fact <> ''

    union all

    select
        organization_id,
        clickfunnels_id,
        voice,
        'phone:' || right(phone_digits, 10) as fact,
        identity_number
    from doubtful_voices
    where length(phone_digits) >= 7

),

step_0 as (

    select
        organization_id,
        clickfunnels_id,
        voice,
        fact,
        min(identity_number) as person_number
    from facts
    group by organization_id, clickfunnels_id, voice, fact

),

-- The least number of a chain of voices that agree, in turn by what they say and by who says it. Chains end after as
-- many voices as there are pairs of steps; what is further off stays apart.
{% for step in steps -%}
step_{{ loop.index }} as (

    select
        organization_id,
        clickfunnels_id,
        voice,
        fact,
        min(person_number) over (partition by organization_id, clickfunnels_id, {{ step }}) as person_number
    from step_{{ loop.index0 }}

),

{% endfor -%}
grouped as (

    select distinct
        organization_id,
        clickfunnels_id,
        voice,
        person_number
    from step_{{ steps | length }}

),

ranked as (

    select
        grouped.organization_id,
        grouped.clickfunnels_id,
        grouped.person_number,
        voices.email,
        voices.told_at,
        row_number() over (
            partition by grouped.organization_id, grouped.clickfunnels_id, grouped.person_number
            order by
                case when voices.email is null then 1 else 0 end,
                voices.is_contact desc,
                voices.told_at desc nulls last,
                {{ ledgerline.by_bytes('voices.voice') }}
        ) as recency_rank
    from grouped
    inner join doubtful_voices as voices
        on
            grouped.organization_id = voices.organization_id
            and grouped.clickfunnels_id = voices.clickfunnels_id
            and grouped.voice = voices.voice

),

-- Who has no address: the newest of them is who the id alone means.
persons as (

    select
        organization_id,
        clickfunnels_id,
        person_number,
        email,
        case
            when email is null
                then row_number() over (
                    partition by organization_id, clickfunnels_id, case when email is null then 1 else 0 end
                    order by told_at desc nulls last, person_number asc
                )
        end as unaddressed_rank
    from ranked
    where recency_rank = 1

),

final as (

    select
        grouped.organization_id,
        grouped.clickfunnels_id,
        grouped.voice,
        grouped.person_number,
        persons.email,
        persons.unaddressed_rank
    from grouped
    inner join persons
        on
            grouped.organization_id = persons.organization_id
            and grouped.clickfunnels_id = persons.clickfunnels_id
            and grouped.person_number = persons.person_number

)

select * from final
