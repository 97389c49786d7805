with

landed_rows as (

    select * from {{ ref('int_ticketing_rows_unioned') }}

),

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

ticket_types as (

    select * from {{ ref('int_ticket_types_defined') }}

),

-- What rows say of their event: few ways for many rows. Rejected rows of quotas and ticket types have one too.
mentions as (

    select
        platform,
        folder_organization_id,
        folder_event_key,
        source_event_ref,
        row_organization_id
    from landed_rows
    group by platform, folder_organization_id, folder_event_key, source_event_ref, row_organization_id

    union

    select
        case kind when 'pretix_quotas' then 'pretix' else 'native' end as platform,
        folder_organization_id,
        folder_event_key,
        source_event_ref,
        '' as row_organization_id
    from {{ ref('stg_ticketing__unread_capacities') }}

),

references_split as (

    select
        organization_id,
        event_key,
        {{ ledgerline.trimmed("unnest(string_to_array(platform_refs, ';'))") }} as reference
    from events

),

platform_references as (

    select distinct
        organization_id,
        event_key,
        lower({{ ledgerline.trimmed("split_part(reference, ':', 1)") }}) as platform,
        {{ ledgerline.trimmed("substr(reference, strpos(reference, ':') + 1)") }} as source_event_ref
    from references_split
    where strpos(reference, ':') > 0

),

-- A reference counts where exactly one event has it: of the folder's tenant, or of all where no folder names one.
referenced as (

    select
        mentions.platform,
        mentions.folder_organization_id,
        mentions.source_event_ref,
        max(platform_references.event_key) as event_key
    from mentions
    inner join platform_references
        on
            mentions.platform = platform_references.platform
            and mentions.source_event_ref = platform_references.source_event_ref
    where mentions.folder_organization_id in ('', platform_references.organization_id)
    group by mentions.platform, mentions.folder_organization_id, mentions.source_event_ref
    having count(distinct platform_references.event_key) = 1

),

named as (

    select
        mentions.*,
        coalesce(own_events.event_key, referenced.event_key, mentions.folder_event_key) as named_event_key
    from mentions
    left join events as own_events
        on
            mentions.platform = 'native'
            and mentions.source_event_ref = own_events.event_key
    left join referenced
        on
            mentions.platform = referenced.platform
            and mentions.folder_organization_id = referenced.folder_organization_id
            and mentions.source_event_ref = referenced.source_event_ref

),

-- Everything that a row's reading rests on besides the row: when it changes, the row is read again.
seed_lines as (

    select concat_ws('|', 'status', platform, entity, source_status, status) as line
    from {{ ref('stg_settings__seed_ticketing_statuses') }}

    union all

    select concat_ws('|', 'currency', currency, cast(exponent as varchar)) as line
    from {{ ref('seed_currencies') }}

    union all

    select concat_ws('|', 'question', question, dimension, answer_kind, cast(priority as varchar)) as line
    from {{ ref('seed_demographic_questions') }}

    union all

    select concat_ws('|', 'answer', dimension, answer, bucket) as line
    from {{ ref('stg_settings__seed_demographic_answers') }}

    union all

    select concat_ws('|', 'bucket', dimension, bucket, cast(min_age as varchar), cast(max_age as varchar)) as line
    from {{ ref('seed_demographic_buckets') }}

),

seed_rules as (

    select md5(string_agg(line, ';' order by {{ ledgerline.by_bytes('line') }})) as rules
    from seed_lines

),

type_rules as (

    select
        event_key,
        string_agg(
            ticket_type_id || '|' || matched_name || '|' || cast(is_admission as varchar)
            || '|' || cast(is_complimentary as varchar), ';'
            order by {{ ledgerline.by_bytes('ticket_type_id') }}
        ) as rules
    from ticket_types
    group by event_key

),

final as (

    select
        named.platform,
        named.folder_organization_id,
        named.folder_event_key,
        named.source_event_ref,
        named.row_organization_id,
        events.organization_id,
        events.event_key,
        events.timezone,
        events.currency,
        {{ ledgerline.hash_number(
            "concat_ws('|', events.organization_id, events.event_key, events.timezone, events.currency,"
            ~ " cast(events.starts_on as varchar), type_rules.rules, seed_rules.rules, '"
            ~ var('complimentary_order_types') | join(',') ~ ledgerline.code_digest('/events/', '/ticketing/') ~ "')"
        ) }} as rules_number
    from named
    cross join seed_rules
    left join events
        on
            named.named_event_key = events.event_key
            and named.folder_organization_id in ('', events.organization_id)
            and named.row_organization_id in ('', events.organization_id)
    left join type_rules on events.event_key = type_rules.event_key

)

select * from final
