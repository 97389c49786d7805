with

positions as (

    select * from {{ source('ticketing', 'pretix_positions') }}

),

final as (

    select
        -- ids
        order_code as order_id,
        position_id,
        event_slug as source_event_ref,
        product_id || coalesce('-' || variation_id, '') as ticket_type_id,

        -- texts
        status as source_status,
        product || coalesce(' - ' || variation, '') as ticket_type_name,
        attendee_email,
        extra as answers,

        -- numerics
        cast(price as decimal(18, 2)) as price_amount,

        -- booleans
        check_in_lists is not null as is_checked_in,

        -- dates, in the event's zone
        cast(order_time as timestamp) as ordered_local_time,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from positions

)

select * from final
