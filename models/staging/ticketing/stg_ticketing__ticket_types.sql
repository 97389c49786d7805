with

ticket_types as (

    select * from {{ source('ticketing', 'ticket_types') }}

),

final as (

    select
        -- ids
        event_key,
        ticket_type_id,

        -- texts
        name,
        currency,

        -- numerics
        cast(price as decimal(18, 2)) as price_amount,
        cast(nullif(capacity, 'Infinite') as bigint) as capacity,
        cast(nullif(quantity_sold, 'Infinite') as bigint) as quantity_sold,

        -- booleans
        coalesce(is_admission, 'true') = 'true' as is_admission,
        coalesce(is_complimentary, 'false') = 'true' as is_complimentary,

        -- timestamps
        coalesce(cast(updated_at as timestamptz), _extracted_at) as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from ticket_types

)

select * from final
