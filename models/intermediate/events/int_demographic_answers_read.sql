-- What each different set of answers tells: many tickets give the same ones.
with

answer_sets as (

    select distinct
        tickets.answers,
        events.starts_on
    from {{ ref('int_tickets_versioned') }} as tickets
    inner join {{ ref('int_ticketing_events_defined') }} as events on tickets.event_key = events.event_key
    where tickets.answers is not null

),

questions as (

    select * from {{ ref('seed_demographic_questions') }}

),

known_answers as (

    select * from {{ ref('stg_settings__seed_demographic_answers') }}

),

bands as (

    select * from {{ ref('seed_demographic_buckets') }}
    where min_age is not null

),

asked as (

    select
        answers,
        starts_on,
        unnest({{ ledgerline.json_keys('answers') }}) as question
    from answer_sets

),

given_answers as (

    select
        asked.answers,
        asked.starts_on,
        asked.question,
        questions.dimension,
        questions.answer_kind,
        questions.priority,
        {{ ledgerline.matched_text(ledgerline.json_text_at('asked.answers', 'asked.question')) }} as answer
    from asked
    -- A repeated header's later columns are called `<question>__<n>`.
    inner join questions on regexp_replace(asked.question, '__[0-9]+$', '') = questions.question

),

ranked as (

    select
        *,
        row_number() over (
            partition by answers, starts_on, dimension
            order by priority, {{ ledgerline.by_bytes('question') }}
        ) as answer_rank
    from given_answers
    where answer <> ''

),

aged as (

    select
        *,
        case
            when dimension = 'age' and {{ ledgerline.matches('answer', "'^[0-9]{1,3}$'") }}
                then cast(answer as bigint)
            -- The whole years between birth and the day of the event.
            when
                dimension = 'age'
                and {{ ledgerline.matches('answer', ledgerline.iso_date_pattern()) }}
                then
                    cast(extract(year from starts_on) as bigint) - cast(substr(answer, 1, 4) as bigint)
                    - case when substr(cast(starts_on as varchar), 6, 5) < substr(answer, 6, 5) then 1 else 0 end
        end as age
    from ranked
    where answer_rank = 1

),

bucketed as (

    select
        aged.answers,
        aged.starts_on,
        aged.dimension,
        coalesce(known_answers.bucket, bands.bucket, 'unknown') as bucket,
        known_answers.bucket is null and bands.bucket is null as is_unmapped
    from aged
    left join known_answers
        on
            aged.dimension = known_answers.dimension
            and {{ ledgerline.plain_word('aged.answer') }} = {{ ledgerline.plain_word('known_answers.answer') }}
    left join bands
        on
            aged.dimension = bands.dimension
            and aged.age between bands.min_age and bands.max_age

),

final as (

    select
        answers,
        starts_on,
        max(case when dimension = 'gender' then bucket end) as gender_bucket,
        max(case when dimension = 'age' then bucket end) as age_bucket,
        max(case when is_unmapped then 1 else 0 end) = 1 as has_unmapped_answer
    from bucketed
    group by answers, starts_on

)

select * from final
