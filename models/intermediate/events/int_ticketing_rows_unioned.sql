-- A view: it only names the columns that tell which event a row belongs to, and is read twice in a build.
{{ config(materialized='view') }}

with

rows_of_every_kind as (

    select
        'events' as kind,
        'native' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(event_key, '') as source_event_ref,
        organization_id as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__events') }}

    union all

    select
        'ticket_types' as kind,
        'native' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(event_key, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__ticket_types') }}

    union all

    select
        'event_campaigns' as kind,
        'native' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(event_key, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__event_campaigns') }}

    union all

    select
        'native_orders' as kind,
        'native' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        coalesce(row_organization_id, '') as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__native_orders') }}

    union all

    select
        'pretix_orders' as kind,
        'pretix' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__pretix_orders') }}

    union all

    select
        'pretix_positions' as kind,
        'pretix' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__pretix_positions') }}

    union all

    select
        'pretix_fees' as kind,
        'pretix' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__pretix_fees') }}

    union all

    select
        'pretix_payments' as kind,
        'pretix' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__pretix_payments') }}

    union all

    select
        'pretix_quotas' as kind,
        'pretix' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__pretix_quotas') }}

    union all

    select
        'eventbrite_attendees' as kind,
        'eventbrite' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__eventbrite_attendees') }}

    union all

    select
        'eventbrite_api_attendees' as kind,
        'eventbrite' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__eventbrite_api_attendees') }}

    union all

    select
        'hi_events_orders' as kind,
        'hi_events' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__hi_events_orders') }}

    union all

    select
        'hi_events_attendees' as kind,
        'hi_events' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce(source_event_ref, '') as source_event_ref,
        '' as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__hi_events_attendees') }}

)

select * from rows_of_every_kind
