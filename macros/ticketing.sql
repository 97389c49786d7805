{#- Where a landed row came from: its folder's tenant and event ('' for none), its file, and when that was read. -#}
{% macro ticketing_provenance() -%}
    organization_id as landed_organization_id,
        _folder_organization_id as folder_organization_id,
        _folder_event_key as folder_event_key,
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run,
        _extracted_at as extracted_at
{%- endmacro %}

{#- Versions of a thing as the source ordered them, oldest first; where it gives no clock, as they were read. -#}
{% macro oldest_version_first() -%}
    changed_at, extracted_at, {{ ledgerline.by_bytes('source_file') }}, source_row
{%- endmacro %}

{#- Text as the seeds of ticketing match it: lower case, dashes alike and without blanks around them. -#}
{% macro matched_text(expression) -%}
    {%- set blanks = ledgerline.whitespace() ~ '*' -%}
    regexp_replace(lower({{ ledgerline.trimmed(expression) }}), '{{ blanks }}[-‐‑‒–—−]{{ blanks }}', '-', 'g')
{%- endmacro %}

{#- An amount of minor units in major ones. -#}
{% macro major_amount(minor_amount, exponent) -%}
    cast(
        {{ minor_amount }}
        * case {{ exponent }} when 0 then 1.000 when 1 then 0.100 when 3 then 0.001 else 0.010 end
        as decimal(18, 2)
    )
{%- endmacro %}

{#- A share in percent with one decimal, exact: truncated toward zero, or rounded half away from zero
    (var `display_rounding`). NULL where the whole is unknown or not above 0, and where it would not fit. -#}
{% macro display_percent(part, whole) -%}
    {%- set part = '(' ~ part ~ ')' -%}
    {%- set whole = '(' ~ whole ~ ')' -%}
    {%- set part_cents = ledgerline.to_cents(part) -%}
    {%- set whole_cents = ledgerline.to_cents(whole) -%}
    {%- if ledgerline.setting('display_rounding', ['truncate', 'round']) == 'round' -%}
        {%- set tenths = ledgerline.rounded_ratio('1000 * ' ~ part_cents, whole_cents) -%}
    {%- else -%}
        {%- set tenths = (
            'case when ' ~ part ~ ' < 0 then -1 else 1 end * '
            ~ ledgerline.divide_integers('1000 * abs(' ~ part_cents ~ ')', 'nullif(' ~ whole_cents ~ ', 0)')
        ) -%}
    {%- endif -%}
    case
        when {{ whole }} > 0 and abs({{ part }}) < 1000000 * {{ whole }}
            then cast(cast({{ tenths }} as decimal(18, 0)) * 0.1 as decimal(9, 1))
    end
{%- endmacro %}

{#- Landed rows of one kind whose event is defined: `landed` is the row, `files` and `resolved` its file and event. -#}
{% macro from_resolved_rows(relation, platform, kind, condition='true') %}
    from {{ relation }} as landed
    inner join file_fingerprints as files
        on
            files.kind = {{ kind }}
            and landed.landed_organization_id = files.landed_organization_id
            and landed.folder_organization_id = files.folder_organization_id
            and landed.folder_event_key = files.folder_event_key
            and landed.source_hash = files.source_hash
    inner join resolved
        on
            resolved.platform = '{{ platform }}'
            and landed.folder_organization_id = resolved.folder_organization_id
            and landed.folder_event_key = resolved.folder_event_key
            and coalesce(landed.source_event_ref, '') = resolved.source_event_ref
            and {{ "coalesce(landed.row_organization_id, '')" if platform == 'native' else "''" }}
            = resolved.row_organization_id
    where
        resolved.event_key is not null
        and {{ condition }}
{%- endmacro %}

{#- An amount of a row that may speak in minor units (`unioned.is_minor`) of a currency (`currencies`). -#}
{% macro in_major_units(amount) -%}
    case
        when unioned.is_minor then {{ ledgerline.major_amount(amount, 'currencies.exponent') }}
        else {{ amount }}
    end
{%- endmacro %}

{#- A ticket sold by the as-of; one that was void by then; one that counts: sold, not void, for admission and paid. -#}
{% macro ticket_is_sold() -%}
    coalesce(sold_at <= {{ ledgerline.as_of_instant() }}, false)
{%- endmacro %}

{% macro ticket_is_void() -%}
    coalesce(voided_at <= {{ ledgerline.as_of_instant() }}, false)
{%- endmacro %}

{% macro ticket_is_counted() -%}
    (
        {{ ledgerline.ticket_is_sold() }}
        and not {{ ledgerline.ticket_is_void() }}
        and is_admission
        and not is_complimentary
    )
{%- endmacro %}

{#- How fast tickets sell: the word for so many in an hour; NULL where nobody knows how many. -#}
{% macro velocity_status(tickets) -%}
    case
        when {{ tickets }} is null then null
        when {{ tickets }} < {{ var('velocity_steady_min') }} then 'quiet'
        when {{ tickets }} >= {{ var('velocity_peak_min') }} then 'peak'
        else 'steady'
    end
{%- endmacro %}
