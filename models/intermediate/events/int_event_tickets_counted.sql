with

tickets as (

    select
        *,
        {{ ledgerline.ticket_is_sold() }} and not {{ ledgerline.ticket_is_void() }} as is_valid,
        {{ ledgerline.ticket_is_counted() }} as is_counted
    from {{ ref('int_event_tickets_told') }}

),

final as (

    select
        event_key,
        count(case when is_counted then 1 end) as tickets_sold,
        count(case when is_valid and is_admission and is_complimentary then 1 end) as tickets_complimentary,
        count(case when is_valid and is_admission and is_checked_in then 1 end) as tickets_checked_in,
        count(case when status = 'pending' and is_admission and sold_at is null then 1 end) as tickets_pending,
        count(
            case when is_counted and sold_at > {{ ledgerline.as_of_instant() }} - interval '60 minutes' then 1 end
        ) as tickets_last_hour,
        count(
            case when is_counted and sold_at > {{ ledgerline.as_of_instant() }} - interval '168 hours' then 1 end
        ) as tickets_last_7_days
    from tickets
    group by event_key

)

select * from final
