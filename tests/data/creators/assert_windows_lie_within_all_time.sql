-- The window is a part of all time: its sums are at most those of all own videos where no video has less than nothing,
-- and who has videos has a first one. Returns the creators where it is not so.
with

negative as (

    select distinct
        client_id,
        user_id
    from {{ ref('videos') }}
    where sales_dollars < 0 or sales_units < 0

)

select users.*
from {{ ref('users') }} as users
left join negative
    on users.client_id = negative.client_id and users.user_id = negative.user_id
where
    (users.video_count > 0) <> (users.first_video_date is not null)
    or users.checkpoint_videos_posted > users.video_count
    or (
        negative.user_id is null
        and (
            users.checkpoint_sales_current > users.total_video_sales
            or users.checkpoint_units_current > users.total_video_units
        )
    )
