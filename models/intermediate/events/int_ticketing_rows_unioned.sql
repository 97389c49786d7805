-- A view: it only names the columns that tell which event a row belongs to, and is read twice in a build.
{{ config(materialized='view') }}

{#- Each kind with whose files they are, the column that names the event, and the one that names the tenant. #}
{%- set kinds = [
    ('events', 'native', 'event_key', 'organization_id'),
    ('ticket_types', 'native', 'event_key', "''"),
    ('event_campaigns', 'native', 'event_key', "''"),
    ('native_orders', 'native', 'source_event_ref', "coalesce(row_organization_id, '')"),
    ('pretix_orders', 'pretix', 'source_event_ref', "''"),
    ('pretix_positions', 'pretix', 'source_event_ref', "''"),
    ('pretix_fees', 'pretix', 'source_event_ref', "''"),
    ('pretix_payments', 'pretix', 'source_event_ref', "''"),
    ('pretix_quotas', 'pretix', 'source_event_ref', "''"),
    ('eventbrite_attendees', 'eventbrite', 'source_event_ref', "''"),
    ('eventbrite_api_attendees', 'eventbrite', 'source_event_ref', "''"),
    ('hi_events_orders', 'hi_events', 'source_event_ref', "''"),
    ('hi_events_attendees', 'hi_events', 'source_event_ref', "''")
] -%}

with

rows_of_every_kind as (

    {% for kind, platform, reference, tenant in kinds -%}
    select
        '{{ kind }}' as kind,
        '{{ platform }}' as platform,
        landed_organization_id,
        folder_organization_id,
        folder_event_key,
        coalesce({{ reference }}, '') as source_event_ref,
        {{ tenant }} as row_organization_id,
        source_file,
        source_hash,
        source_row,
        landed_run,
        extracted_at
    from {{ ref('stg_ticketing__' ~ kind) }}
    {{- '\n\n    union all\n' if not loop.last }}

    {% endfor %}

)

select * from rows_of_every_kind
