with

users as (

    select * from {{ ref('int_creators__users_settled') }}
    where leaderboard_rank is not null

),

creators as (

    select * from {{ ref('int_creators__creators_listed') }}

),

handles as (

    select * from {{ ref('int_creators__handles_resolved') }}

),

last_days as (

    select
        client_id,
        max(as_of_date) as as_of_date
    from {{ ref('int_creators__users_recorded') }}
    where as_of_date < {{ ledgerline.as_of_utc_day() }}
    group by client_id

),

previous as (

    select
        days.client_id,
        handles.creator_key,
        min(days.leaderboard_rank) as previous_rank
    from {{ ref('int_creators__users_recorded') }} as days
    inner join last_days
        on days.client_id = last_days.client_id and days.as_of_date = last_days.as_of_date
    inner join handles
        on days.client_id = handles.client_id and days.handle_key = handles.handle_key
    group by days.client_id, handles.creator_key

),

valued as (

    select
        users.*,
        creators.total_views,
        creators.clicked_percent,
        creators.clickable_views,
        cast(case when users.vip_metric = 'units' then users.total_units else users.total_sales end as decimal(18, 2))
            as value
    from users
    inner join creators
        on users.client_id = creators.client_id and users.handle_key = creators.creator_key

),

final as (

    select
        -- ids
        valued.client_id,
        valued.user_id,
        valued.tiktok_handle,

        -- numerics
        valued.leaderboard_rank,
        dense_rank() over (partition by valued.client_id order by valued.value desc) as dense_rank,
        valued.value,
        valued.total_sales,
        valued.total_units,
        valued.video_count,
        valued.total_views,
        {{ ledgerline.amount_per('valued.total_sales', 'valued.video_count') }} as sales_per_video,
        {{ ledgerline.amount_from_cents_ratio(
            '1000 * ' ~ ledgerline.to_cents('valued.total_sales'), 'valued.total_views'
        ) }} as sales_per_1000_views,
        cast(
            cast({{ ledgerline.rounded_ratio(
                ledgerline.to_cents('valued.clicked_percent'), 'valued.clickable_views'
            ) }} as decimal(18, 0)) * 0.01 as decimal(9, 2)
        ) as ctr_percent,
        previous.previous_rank,
        previous.previous_rank - valued.leaderboard_rank as rank_change

    from valued
    left join previous
        on valued.client_id = previous.client_id and valued.handle_key = previous.creator_key

)

select * from final
