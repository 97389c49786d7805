-- What creators sold is what their videos sold, and what the exports changed adds up to it, in dollars and in pieces.
-- Returns the clients where it does not, with the three sums.
with

users as (

    select
        client_id,
        sum(total_sales) - sum(manual_adjustments_total) as sales_dollars,
        sum(total_units) - sum(manual_adjustments_units) as sales_units
    from {{ ref('users') }}
    group by client_id

),

videos as (

    select
        client_id,
        sum(sales_dollars) as sales_dollars,
        sum(sales_units) as sales_units
    from {{ ref('videos') }}
    group by client_id

),

changes as (

    select
        client_id,
        sum(sales_dollars_change) as sales_dollars,
        sum(sales_units_change) as sales_units
    from {{ ref('video_daily_changes') }}
    group by client_id

)

select
    users.client_id,
    users.sales_dollars as of_users,
    videos.sales_dollars as of_videos,
    changes.sales_dollars as of_changes
from users
full join videos on users.client_id = videos.client_id
full join changes on users.client_id = changes.client_id
where
    coalesce(users.sales_dollars, 0) <> coalesce(videos.sales_dollars, 0)
    or coalesce(users.sales_units, 0) <> coalesce(videos.sales_units, 0)
    or coalesce(users.sales_dollars, 0) <> coalesce(changes.sales_dollars, 0)
    or coalesce(users.sales_units, 0) <> coalesce(changes.sales_units, 0)
