with

errors as (

    select
        *,
        coalesce(error_at, created_at) as happened_at
    from {{ ref('stg_workflow__errors') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by organization_id, execution_id, error_node, error_message, error_timestamp_text
            order by extracted_at, landed_run, {{ ledgerline.by_bytes('source_file') }}, source_row
        ) as landing_rank
    from errors
    where happened_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.hash_number(
            "organization_id || '|' || coalesce(execution_id, '') || '|' || coalesce(error_node, '')"
            ~ " || '|' || coalesce(error_message, '') || '|' || coalesce(error_timestamp_text, '')"
        ) }} as id,

        -- timestamps
        created_at,

        -- texts
        workflow_name,
        error_node,
        error_message,

        -- timestamps
        happened_at as error_timestamp,

        -- texts
        error_timestamp_text,
        execution_id,

        -- booleans
        error_at is null as is_timestamp_estimated

    from ranked
    where landing_rank = 1

)

select * from final
