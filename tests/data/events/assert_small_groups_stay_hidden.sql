-- Nobody can work out a hidden bucket: shares that are all shown sum to 100, and a hidden one never stands alone beside
-- shown ones that are not zero. Returns the event and dimension.
with

dimensions as (

    select
        event_key,
        dimension,
        max(answered) as answered,
        sum(case when is_suppressed then 1 else 0 end) as hidden_count,
        sum(case when not is_suppressed and bucket <> 'unknown' and attendees > 0 then 1 else 0 end) as shown_count,
        sum(share_percent) as shares
    from {{ ref('view_event_demographics') }}
    group by event_key, dimension

)

select *
from dimensions
where
    (answered > 0 and hidden_count = 0 and shares <> 100)
    or (hidden_count = 1 and shown_count > 0)
