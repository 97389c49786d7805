with

errors as (

    select * from {{ source('workflow', 'errors') }}

),

final as (

    select
        -- ids
        organization_id,
        execution_id,

        -- texts
        workflow_name,
        error_node,
        error_message,
        error_timestamp as error_timestamp_text,

        -- timestamps
        {{ ledgerline.instant_or_day('error_at') }} as error_at,
        {{ ledgerline.instant_or_day('created_at') }} as created_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from errors

)

select * from final
