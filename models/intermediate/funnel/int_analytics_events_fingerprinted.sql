-- What is known of each event at the as-of, as one number: an event is told anew when it changes. Most are told by one
-- row, whose number is the event's.
with

events as (

    select
        event_number,
        row_number_hash
    from {{ ref('int_analytics_events_read') }}
    where event_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        event_number,
        case
            when count(*) = 1 then min(row_number_hash)
            else {{ ledgerline.hash_number(
                "concat_ws('|', cast(sum(row_number_hash) as varchar), cast(count(*) as varchar))"
            ) }}
        end as event_fingerprint
    from events
    group by event_number

)

select * from final
