-- What a sync says otherwise than the client's sync before: videos that are there for the first time, that changed,
-- that are gone, or back as they were. How an address or a handle is spelled is no change. Each sync has a row of its
-- own too, so that one in which nothing changed is known as compared.
-- It reads its own rows of earlier syncs, which a `kept` model cannot, so it is dbt's `incremental`. Where it lacks a
-- column, its rows are of older SQL and all are gone: nothing of it is read, and its hook makes the table again.
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ ledgerline.delete_gone_syncs(ref('int_creators__syncs_fingerprinted'), 'history_fingerprint') }}"
) }}
{%- set said = ledgerline.snapshot_columns() | map(attribute=0) | list %}
{%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list if is_incremental() else [] %}
{%- set says_the_same = there and not said | reject('in', there) | list %}
{%- set counted = ['views', 'likes', 'comments', 'sales_dollars', 'sales_units'] %}

with

-- A client's history up to a sync is in its fingerprint: those that are new are the client's last ones.
new_syncs as (

    select * from {{ ref('int_creators__syncs_fingerprinted') }}
    {%- if is_incremental() %}
    where history_fingerprint not in (select kept.history_fingerprint from {{ this }} as kept)
    {%- endif %}

),

spans as (

    select
        client_id,
        min(sync_date) as first_new_date,
        least(min(sync_date), min(previous_sync_date)) as first_read_date
    from new_syncs
    group by client_id

),

read_syncs as (

    select
        syncs.client_id,
        syncs.sync_date,
        syncs.next_sync_date,
        syncs.history_fingerprint,
        lead(syncs.history_fingerprint) over (
            partition by syncs.client_id order by syncs.sync_date
        ) as next_history_fingerprint,
        syncs.sync_date >= spans.first_new_date as is_new
    from {{ ref('int_creators__syncs_fingerprinted') }} as syncs
    inner join spans on syncs.client_id = spans.client_id
    where syncs.sync_date >= spans.first_read_date

),

-- The new syncs and the one before them; and of videos that were gone by then, what was last said.
snapshots as (

    select
        read_syncs.*,
        snapshots.video_key,
        snapshots.{{ said | join(',\n        snapshots.') }}
    from {{ ref('int_creators__snapshots_deduped') }} as snapshots
    inner join read_syncs
        on snapshots.client_id = read_syncs.client_id and snapshots.sync_date = read_syncs.sync_date
    {%- if says_the_same %}

    union all

    select
        gone.client_id,
        gone.previous_sync_date as sync_date,
        cast(null as date) as next_sync_date,
        cast(null as bigint) as history_fingerprint,
        cast(null as bigint) as next_history_fingerprint,
        false as is_new,
        gone.video_key,
        gone.{{ said | join(',\n        gone.') }}
    from {{ this }} as gone
    inner join spans on gone.client_id = spans.client_id
    where gone.step = 'gone' and gone.sync_date < spans.first_new_date
    {%- endif %}

),

beside_each_other as (

    select
        *,
        {%- for column in ['handle_key', 'video_title', 'ctr', 'post_date'] + counted %}
        lag({{ column }}) over by_day as previous_{{ column }},
        {%- endfor %}
        lag(sync_date) over by_day as previous_sync_date,
        lead(sync_date) over by_day as following_sync_date,
        coalesce(lag(next_sync_date) over by_day <> sync_date, true) as is_first_or_back
    from snapshots
    window by_day as (partition by client_id, video_key order by sync_date)

),

judged as (

    select
        *,
        previous_sync_date is null as is_first,
        coalesce(ctr, -1) <> coalesce(previous_ctr, -1)
        or coalesce(video_title, '') <> coalesce(previous_video_title, '')
        {%- for column in ['handle_key', 'post_date'] + counted %}
        or ({{ column }} is distinct from previous_{{ column }})
        {%- endfor %} as is_changed
    from beside_each_other

),

differing as (

    select
        history_fingerprint,
        client_id,
        video_key,
        case when is_first then 'first' when is_changed then 'changed' else 'back' end as step,
        sync_date,
        previous_sync_date,
        previous_handle_key,
        previous_sales_dollars,
        previous_sales_units,
        {%- for column in counted %}
        {{ column }} - case when is_first then 0 else previous_{{ column }} end as {{ column }}_change,
        {%- endfor %}
        {{ said | join(',\n        ') }}
    from judged
    where is_new and (is_first_or_back or is_changed)

),

gone as (

    select
        next_history_fingerprint as history_fingerprint,
        client_id,
        video_key,
        'gone' as step,
        next_sync_date as sync_date,
        sync_date as previous_sync_date,
        handle_key as previous_handle_key,
        sales_dollars as previous_sales_dollars,
        sales_units as previous_sales_units,
        {%- for column in counted %}
        0 as {{ column }}_change,
        {%- endfor %}
        {{ said | join(',\n        ') }}
    from judged
    where next_sync_date is not null and coalesce(following_sync_date <> next_sync_date, true)

),

compared as (

    select
        history_fingerprint,
        client_id,
        sync_date,
        previous_sync_date,
        'compared' as step
    from new_syncs

),

steps as (

    select * from differing

    union all

    select * from gone

),

final as (

    select
        -- ids
        history_fingerprint,
        client_id,
        video_key,
        previous_handle_key,

        -- texts
        step,

        -- numerics
        previous_sales_dollars,
        previous_sales_units,
        {%- for column in counted %}
        cast({{ column }}_change as {{ 'decimal(18, 2)' if column == 'sales_dollars' else 'bigint' }})
            as {{ column }}_change,
        {%- endfor %}

        -- dates
        sync_date,
        previous_sync_date,

        -- what is said
        {{ said | join(',\n        ') }}

    from steps

    union all

    select
        history_fingerprint,
        client_id,
        cast(null as varchar) as video_key,
        cast(null as varchar) as previous_handle_key,
        step,
        cast(null as decimal(18, 2)) as previous_sales_dollars,
        cast(null as bigint) as previous_sales_units,
        {%- for column in counted %}
        cast(null as {{ 'decimal(18, 2)' if column == 'sales_dollars' else 'bigint' }}) as {{ column }}_change,
        {%- endfor %}
        sync_date,
        previous_sync_date,
        {%- for column, type in ledgerline.snapshot_columns() if column != 'post_date' %}
        cast(null as {{ type }}) as {{ column }},
        {%- endfor %}
        cast(null as date) as post_date
    from compared

)

select * from final
