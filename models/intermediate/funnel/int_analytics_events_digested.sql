-- All events that are known at the as-of, as one number: while it stays, no event is told anew.
with

events as (

    select * from {{ ref('int_analytics_events_read') }}
    where event_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select {{ ledgerline.change_number('sum(row_number_hash)', 'count(*)') }} as events_digest
    from events

)

select * from final
