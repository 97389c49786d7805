-- A video's snapshot that is its first, or says otherwise than the one before.
with

steps as (

    select * from {{ ref('int_creators__syncs_compared') }}

),

syncs as (

    select * from {{ ref('int_creators__syncs_fingerprinted') }}

),

final as (

    select
        -- ids
        steps.client_id,
        steps.video_key,
        steps.handle_key,
        steps.previous_handle_key,

        -- numerics
        steps.views,
        steps.sales_dollars,
        steps.sales_units,
        steps.previous_sales_dollars,
        steps.previous_sales_units,
        {%- for column in ('views', 'likes', 'comments', 'sales_dollars', 'sales_units') %}
        steps.{{ column }}_change,
        {%- endfor %}

        -- booleans
        steps.step = 'first' as is_first,
        steps.sync_date = syncs.first_sync_date as is_baseline,

        -- dates
        steps.sync_date,
        steps.previous_sync_date,
        steps.post_date

    from steps
    inner join syncs
        on steps.client_id = syncs.client_id and steps.sync_date = syncs.sync_date
    where steps.step in ('first', 'changed')

)

select * from final
