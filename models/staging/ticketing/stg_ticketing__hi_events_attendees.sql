with

attendees as (

    select * from {{ source('ticketing', 'hi_events_attendees') }}

),

final as (

    select
        -- ids
        public_id as attendee_id,
        product_id as ticket_type_id,
        event_id as source_event_ref,

        -- texts
        status as source_status,
        product_name as ticket_type_name,
        email as attendee_email,
        extra as answers,

        -- booleans
        check_ins is not null as is_checked_in,
        last_updated_date is null as is_observed,

        -- timestamps
        cast(created_date as timestamptz) as created_at,
        coalesce(cast(last_updated_date as timestamptz), _extracted_at) as changed_at,

        -- provenance
        {{ ledgerline.ticketing_provenance() }}

    from attendees

)

select * from final
