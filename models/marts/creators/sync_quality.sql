with

-- A file that a later version of the reader judged otherwise counts as it was judged last.
files as (

    select
        *,
        row_number() over (
            partition by client_id, sync_date, source_hash
            order by landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc
        ) as verdict_rank
    from {{ ref('stg_cruva__syncs') }}
    where sync_date <= {{ ledgerline.as_of_utc_day() }}

),

ranked_files as (

    select
        *,
        row_number() over (
            partition by client_id, sync_date
            order by landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc
        ) as file_rank
    from files
    where verdict_rank = 1

),

syncs as (

    select
        client_id,
        sync_date,
        max(case when file_rank = 1 then sync_date_source end) as sync_date_source,
        {%- for fate in ('read', 'landed', 'rejected', 'duplicate', 'skipped') %}
        cast(sum(rows_{{ fate }}) as bigint) as rows_{{ fate }},
        {%- endfor %}
        count(*) as file_count,
        count(reason_code) as refused_file_count
    from ranked_files
    group by client_id, sync_date

),

handles as (

    select
        *,
        min(sync_date) over (partition by client_id, handle_key) as first_handle_date
    from {{ ref('int_creators__handles_counted') }}

),

app_handles as (

    select
        client_id,
        handle_key,
        min(export_date) as first_export_date
    from {{ ref('stg_loyalty__users') }}
    group by client_id, handle_key

),

counted_handles as (

    select
        handles.client_id,
        handles.sync_date,
        cast(sum(handles.video_count) as bigint) as video_count,
        sum(handles.sales_dollars) as sales_dollars,
        count(*) as handle_count,
        count(case when handles.first_handle_date = handles.sync_date then 1 end) as new_handle_count,
        count(case when coalesce(app_handles.first_export_date > handles.sync_date, true) then 1 end)
            as unmatched_handle_count
    from handles
    left join app_handles
        on handles.client_id = app_handles.client_id and handles.handle_key = app_handles.handle_key
    group by handles.client_id, handles.sync_date

),

counted as (

    select
        counted_handles.*,
        lag(counted_handles.video_count) over by_day as previous_video_count,
        lag(counted_handles.sales_dollars) over by_day as previous_sales_dollars,
        steps.new_video_count,
        steps.missing_video_count
    from counted_handles
    inner join (
        select
            client_id,
            sync_date,
            count(case when step = 'first' then 1 end) as new_video_count,
            count(case when step = 'gone' then 1 end) as missing_video_count
        from {{ ref('int_creators__syncs_compared') }}
        group by client_id, sync_date
    ) as steps
        on counted_handles.client_id = steps.client_id and counted_handles.sync_date = steps.sync_date
    window by_day as (partition by counted_handles.client_id order by counted_handles.sync_date)

),

compared as (

    select
        syncs.*,
        coalesce(counted.video_count, 0) as video_count,
        coalesce(counted.handle_count, 0) as handle_count,
        coalesce(counted.new_handle_count, 0) as new_handle_count,
        coalesce(counted.unmatched_handle_count, 0) as unmatched_handle_count,
        coalesce(counted.new_video_count, 0) as new_video_count,
        coalesce(counted.missing_video_count, 0) as missing_video_count,
        greatest(0, counted.previous_video_count - counted.video_count) as dropped_video_count,
        counted.previous_video_count,
        counted.sales_dollars,
        counted.sales_dollars - counted.previous_sales_dollars as sales_dollars_change
    from syncs
    left join counted
        on syncs.client_id = counted.client_id and syncs.sync_date = counted.sync_date

),

measured as (

    select
        *,
        {{ ledgerline.count_percent('unmatched_handle_count', 'handle_count') }} as unmatched_handle_percent,
        {{ ledgerline.count_percent('dropped_video_count', 'previous_video_count') }} as row_drop_percent,
        {{ ledgerline.count_percent('rows_landed', 'rows_read - rows_skipped') }} as accepted_percent
    from compared

),

final as (

    select
        -- ids
        client_id,
        sync_date,

        -- texts
        sync_date_source,

        -- numerics
        file_count,
        rows_read,
        rows_landed,
        rows_rejected,
        rows_duplicate,
        rows_skipped,
        video_count,
        handle_count,
        new_handle_count,
        unmatched_handle_count,
        unmatched_handle_percent,
        new_video_count,
        missing_video_count,
        row_drop_percent,
        cast(sales_dollars as decimal(18, 2)) as sales_dollars,
        cast(sales_dollars_change as decimal(18, 2)) as sales_dollars_change,
        accepted_percent,
        case
            when rows_landed = 0 then 'failed'
            when rows_rejected > 0 or refused_file_count > 0 then 'partial'
            else 'ok'
        end as status,

        -- booleans
        coalesce(row_drop_percent > {{ var('creators_row_drop_alert_percent') }}, false) as is_row_drop_alert,
        coalesce(unmatched_handle_percent > {{ var('creators_unmatched_alert_percent') }}, false) as is_unmatched_alert

    from measured

)

select * from final
