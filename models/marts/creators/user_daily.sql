-- depends_on: {{ ref('int_creators__users_settled') }}
{%- set columns = [] %}
{%- for name, _ in ledgerline.creator_day_columns() if name not in ('client_id', 'handle_key', 'as_of_date') %}
{%- do columns.append('days.' ~ name) %}
{%- endfor %}

with

days as (

    select * from {{ ref('int_creators__users_recorded') }}

),

handles as (

    select * from {{ ref('int_creators__handles_resolved') }}

),

final as (

    select
        -- ids
        days.client_id,
        days.handle_key,
        days.as_of_date,
        days.checkpoint_progress_updated_at as as_of,
        coalesce(handles.user_id, 'auto-' || md5(days.client_id || '|' || days.handle_key)) as user_id,

        -- as in `users`
        {{ columns | join(',\n        ') }}

    from days
    left join handles
        on days.client_id = handles.client_id and days.handle_key = handles.handle_key

)

select * from final
