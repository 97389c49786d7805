with

fees as (

    select * from {{ source('ticketing', 'pretix_fees') }}

),

final as (

    select
        -- ids
        order_code as order_id,
        event_slug as source_event_ref,

        -- texts
        fee_type,
        description,

        -- numerics
        cast(price as decimal(18, 2)) as amount,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from fees

)

select * from final
