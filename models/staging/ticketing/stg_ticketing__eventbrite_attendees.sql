with

attendees as (

    select * from {{ source('ticketing', 'eventbrite_attendees') }}

),

final as (

    select
        -- ids
        order_number as order_id,
        attendee_number as attendee_id,
        event_id as source_event_ref,

        -- texts
        attendee_status as source_status,
        ticket_type as ticket_type_name,
        order_type,
        currency,
        email as attendee_email,
        extra as answers,

        -- numerics
        cast(quantity as bigint) as quantity,
        cast(total_paid as decimal(18, 2)) as gross_amount,
        -- An export without either column says nothing of fees.
        case
            when coalesce(eventbrite_fees, eventbrite_payment_processing) is not null
                then
                    coalesce(cast(eventbrite_fees as decimal(18, 2)), 0)
                    + coalesce(cast(eventbrite_payment_processing as decimal(18, 2)), 0)
        end as fee_amount,

        -- dates: UTC where the text ends in Z, else in the event's zone
        order_date as ordered_time,

        -- timestamps
        _extracted_at as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from attendees

)

select * from final
