with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

tickets as (

    select * from {{ ref('int_event_tickets_told') }}
    where {{ ledgerline.ticket_is_counted() }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

buckets as (

    select * from {{ ref('seed_demographic_buckets') }}

),

counted as (

    select
        event_key,
        gender_bucket,
        age_bucket,
        count(*) as attendees
    from tickets
    group by event_key, gender_bucket, age_bucket

),

told as (

    select
        event_key,
        'gender' as dimension,
        gender_bucket as bucket,
        attendees
    from counted

    union all

    select
        event_key,
        'age' as dimension,
        age_bucket as bucket,
        attendees
    from counted

),

summed as (

    select
        event_key,
        dimension,
        bucket,
        sum(attendees) as attendees
    from told
    group by event_key, dimension, bucket

),

rows_of_events as (

    select
        events.organization_id,
        events.event_key,
        buckets.dimension,
        buckets.bucket,
        buckets.bucket_order,
        inputs.knows_lists,
        inputs.knows_tickets,
        cast(coalesce(summed.attendees, 0) as bigint) as attendees
    from events
    inner join inputs on events.event_key = inputs.event_key
    cross join buckets
    left join summed
        on
            events.event_key = summed.event_key
            and buckets.dimension = summed.dimension
            and buckets.bucket = summed.bucket

),

totalled as (

    select
        *,
        cast(sum(attendees) over (partition by event_key, dimension) as bigint) as attendees_total,
        cast(
            sum(case when bucket <> 'unknown' then attendees else 0 end) over (partition by event_key, dimension)
            as bigint
        ) as answered
    from rows_of_events

),

-- Whole percents by largest remainder: each bucket gets its floor, and the points that are left go to the largest
-- remainders, ties to the lower bucket.
floored as (

    select
        *,
        case when bucket <> 'unknown' and answered > 0 then {{ ledgerline.divide_integers(
            '100 * attendees', 'answered'
        ) }} end as floor_percent,
        case when bucket <> 'unknown' and answered > 0 then mod(100 * attendees, answered) end as remainder
    from totalled

),

ranked as (

    select
        *,
        row_number() over (
            partition by event_key, dimension
            order by remainder desc nulls last, bucket_order asc
        ) as remainder_rank,
        100 - sum(floor_percent) over (partition by event_key, dimension) as points_left
    from floored

),

shared as (

    select
        *,
        floor_percent + case when remainder_rank <= points_left then 1 else 0 end as share_percent,
        bucket <> 'unknown' and attendees between 1 and {{ var('demographic_min_cell') }} - 1 as is_small
    from ranked

),

-- One hidden bucket could be worked out from the others: the smallest other one hides with it.
smalls as (

    select
        *,
        sum(case when is_small then 1 else 0 end) over (partition by event_key, dimension) as small_count,
        row_number() over (
            partition by event_key, dimension
            order by
                case when bucket <> 'unknown' and attendees > 0 and not is_small then 0 else 1 end asc,
                attendees asc,
                bucket_order desc
        ) as next_smallest_rank
    from shared

),

suppressed as (

    select
        *,
        is_small
        or (
            small_count = 1
            and next_smallest_rank = 1
            and bucket <> 'unknown'
            and attendees > 0
        ) as is_suppressed
    from smalls

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        dimension,
        bucket,

        -- numerics
        cast(bucket_order as integer) as bucket_order,
        cast(case when knows_lists and not is_suppressed then attendees end as integer) as attendees,
        cast(case when knows_lists then answered end as integer) as answered,
        cast(case when knows_tickets then attendees_total end as integer) as attendees_total,
        cast(case when not is_suppressed then share_percent end as integer) as share_percent,
        case when knows_lists then {{ ledgerline.display_percent('answered', 'attendees_total') }} end
            as coverage_percent,

        -- booleans
        is_suppressed

    from suppressed

)

select * from final
