-- A view: attendees read from exports and from the API have the same columns here.
{{ config(materialized='view') }}

with

exported as (

    select
        'eventbrite_attendees' as kind,
        order_id,
        attendee_id,
        source_event_ref,
        source_status,
        ticket_type_name,
        order_type,
        currency,
        attendee_email,
        answers,
        quantity,
        gross_amount,
        fee_amount,
        false as is_checked_in,
        true as is_observed,
        ordered_time,
        cast(null as timestamptz) as ordered_at,
        changed_at,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__eventbrite_attendees') }}

),

listed as (

    select
        'eventbrite_api_attendees' as kind,
        order_id,
        attendee_id,
        source_event_ref,
        source_status,
        ticket_type_name,
        cast(null as varchar) as order_type,
        currency,
        attendee_email,
        answers,
        quantity,
        gross_amount,
        fee_amount,
        is_checked_in,
        false as is_observed,
        cast(null as varchar) as ordered_time,
        created_at as ordered_at,
        changed_at,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__eventbrite_api_attendees') }}

),

unioned as (

    select * from exported
    union all
    select * from listed

)

select * from unioned
