with

quotas as (

    select * from {{ source('ticketing', 'pretix_quotas') }}

),

final as (

    select
        -- ids
        event_id as source_event_ref,

        -- texts
        quota_name,

        -- numerics
        cast(nullif(total_quota, 'Infinite') as bigint) as total_quota,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from quotas

)

select * from final
