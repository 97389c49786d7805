{#- What the models of Square's objects share: the latest of an object's versions, and staging in proportion to what
    landed. -#}

{#- A digest of what makes staged rows besides raw: rows that older SQL staged are made anew. -#}
{% macro square_staging_digest() -%}
    {{ return(ledgerline.code_digest('models/staging/square')) }}
{%- endmacro %}

{#- The last landing run that this table has seen; -1 where it is built whole, or holds rows of older SQL. -#}
{% macro square_seen_run() -%}
    {%- if execute and is_incremental() -%}
        {%- set found = run_query(
            "select case when count(*) = sum(case when staged_by = '" ~ ledgerline.square_staging_digest()
            ~ "' then 1 else 0 end) then max(landed_run) else -1 end from " ~ this
        ) -%}
        {{ return(found.columns[0].values()[0] if found.columns[0].values()[0] is not none else -1) }}
    {%- endif -%}
    {{ return(-1) }}
{%- endmacro %}

{#- Customers have a number in one build alone, so all that is laid out by it must be built together. A refresh leaves out
    the staging for which nothing landed. -#}
{% macro square_assert_all_is_built() -%}
    {%- set folders = ['models/intermediate/appointments'] -%}
    {%- if env_var('LEDGERLINE_BUILD_SCOPE', '') != 'appointments' -%}
        {%- do folders.append('models/staging/square') -%}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
            {%- for folder in folders -%}
                {%- if
                    folder in node.original_file_path
                    and node.config.materialized not in ('view', 'ephemeral')
                    and node.unique_id not in selected_resources
                -%}
                    {{ exceptions.raise_compiler_error(
                        model.name ~ ' is built together with all that it is made of:'
                        ' dbt build --select +customer_analytics'
                    ) }}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The least of some numbers of days, in rising order, of which the last ones up to the as-of hold an instant; NULL where
    none does. N days are N times 86,400 seconds. -#}
{% macro square_window_days(instant, windows) -%}
    case
        {%- for days in windows %}
        when {{ instant }} > {{ ledgerline.as_of_instant() }} - interval '{{ days * 24 }} hours' then {{ days }}
        {%- endfor %}
    end
{%- endmacro %}

{#- A booking id without the suffix of a legacy copy; any other dash is part of it. -#}
{% macro square_booking_id(object_id) -%}
    case
        when
            strpos({{ object_id }}, '-') > 0
            and {{ ledgerline.matches(object_id, "'^[a-z0-9]+-[A-Z0-9]{20,}$'") }}
            then split_part({{ object_id }}, '-', 1)
        else {{ object_id }}
    end
{%- endmacro %}

{#- A count or sum that rests on these kinds of input alone (`delivered`, a row of int_square__inputs_delivered): 0 where
    one of them was delivered and there is nothing, NULL where none ever was. -#}
{% macro square_known(value, kinds, type) -%}
    cast(case
        when {% for kind in kinds %}{{ ' or ' if not loop.first }}delivered.has_{{ kind }}{% endfor %}
            then coalesce({{ value }}, 0)
    end as {{ type }})
{%- endmacro %}

{#- The name of a service as it is compared: lower case, without blanks at its ends, one in a row; NULL for none. -#}
{% macro square_service_name(expression) -%}
    nullif(regexp_replace(
        lower({{ ledgerline.trimmed(expression) }}), '{{ ledgerline.whitespace() }}+', ' ', 'g'
    ), '')
{%- endmacro %}

{#- Before: forget the objects of which a version landed since. `part` tells them apart in raw and here. -#}
{% macro square_forget_changed(raw, key='object_id', raw_key='object_id') %}
    {%- if is_incremental() -%}
        {%- set seen = ledgerline.square_seen_run() | int %}
        delete from {{ this }}
        where (organization_id, {{ key }}) in (
            select
                organization_id,
                {{ raw_key }}
            from {{ raw }}
            where _landed_run > {{ seen }}
        )
        {%- if seen < 0 %} or true{% endif %}
    {%- endif -%}
{% endmacro %}

{#- Every version of the objects of which one landed since this table was built; of all, where it is built whole.
    `object_key` is what makes versions one object. -#}
{% macro square_versions(raw, object_key='object_id', seen=none) -%}
    select
        *,
        {{ object_key }} as object_key,
        coalesce(version, 0) as object_version,
        coalesce(
            strpos(payload, '"is_deleted":true') > 0 and {{ ledgerline.json_text('payload', 'is_deleted') }} = 'true',
            false
        ) as is_tombstone
    from {{ raw }}
    {{ ledgerline.square_where_changed(raw, object_key, ledgerline.square_seen_run() if seen is none else seen) }}
{%- endmacro %}

{% macro square_where_changed(raw, object_key, seen) -%}
    {%- if seen | int >= 0 -%}
    where (organization_id, {{ object_key }}) in (
        select
            organization_id,
            {{ object_key }}
        from {{ raw }}
        where _landed_run > {{ seen }}
    )
    {%- endif -%}
{%- endmacro %}

{#- Of these, the versions of objects that have more than one. -#}
{% macro square_several(raw, object_key='object_id') -%}
    {%- set seen = ledgerline.square_seen_run() -%}
    select versions.*
    from (
        {{ ledgerline.square_versions(raw, object_key, seen) }}
    ) as versions
    inner join (
        select
            organization_id,
            {{ object_key }} as object_key
        from {{ raw }}
        {{ ledgerline.square_where_changed(raw, object_key, seen) }}
        group by organization_id, {{ object_key }}
        having count(*) > 1
    ) as repeated
        on versions.organization_id = repeated.organization_id and versions.object_key = repeated.object_key
{%- endmacro %}

{#- Of each object the version that speaks for it, and what the whole object tells: when its rows were extracted and
    landed, and whether it is deleted. Most objects have one version, and nothing to compare. Of the others (`several`, a
    CTE of square_several) that is one that no deletion is later than, a live one before a tombstone, then the latest by
    the source's own version and time, never by arrival. `tie` comes before the hash. -#}
{% macro square_latest(raw, several, tie='', object_key='object_id') -%}
    select
        versions.*,
        case when versions.is_tombstone then versions.updated_at end as deleted_at,
        versions._extracted_at as first_extracted_at,
        versions._extracted_at as last_extracted_at,
        versions._landed_run as landed_run,
        versions.is_tombstone and versions.updated_at is not null as is_deleted,
        cast(1 as bigint) as version_rank
    from (
        {{ ledgerline.square_versions(raw, object_key) }}
    ) as versions
    left join (
        select distinct
            organization_id,
            object_key
        from {{ several }}
    ) as repeated
        on versions.organization_id = repeated.organization_id and versions.object_key = repeated.object_key
    where repeated.object_key is null

    union all

    select *
    from (
        select
            *,
            deleted_at is not null and (is_tombstone or updated_at is null or updated_at <= deleted_at) as is_deleted,
            row_number() over (
                partition by organization_id, object_key
                order by
                    case when is_tombstone or (deleted_at is not null and coalesce(updated_at <= deleted_at, true))
                        then 1 else 0 end,
                    is_tombstone, object_version desc, updated_at desc nulls last,
                    {{ tie ~ ', ' if tie }}content_hash desc
            ) as version_rank
        from (
            select
                *,
                max(case when is_tombstone then updated_at end) over object_rows as deleted_at,
                min(_extracted_at) over object_rows as first_extracted_at,
                max(_extracted_at) over object_rows as last_extracted_at,
                max(_landed_run) over object_rows as landed_run
            from {{ several }}
            window object_rows as (partition by organization_id, object_key)
        ) as dated
    ) as ranked
    where version_rank = 1
{%- endmacro %}

{#- The columns of a staged object that say where it came from. -#}
{% macro square_provenance() -%}
    is_deleted,
        first_extracted_at,
        last_extracted_at,
        landed_run,
        '{{ ledgerline.square_staging_digest() }}' as staged_by
{%- endmacro %}

{#- An amount in minor units, from its text in a payload. -#}
{% macro cents_of(text) -%}
    cast({{ text }} as bigint)
{%- endmacro %}

{#- How far a payment's status is: of two versions of one time, the further one is the later. -#}
{% macro square_payment_progress() -%}
    case {{ ledgerline.json_text('payload', 'status') }}
        when 'COMPLETED' then 3 when 'CANCELED' then 2 when 'FAILED' then 2 when 'APPROVED' then 1 else 0
    end desc
{%- endmacro %}

{#- Before: forget the parts of the objects that changed since this table was built. -#}
{% macro square_forget_parts(parents, key) %}
    {%- if is_incremental() -%}
        {%- set seen = ledgerline.square_seen_run() | int %}
        delete from {{ this }}
        where (organization_id, {{ key }}) in (
            select
                organization_id,
                {{ key }}
            from {{ parents }}
            where landed_run > {{ seen }}
        )
        {%- if seen < 0 %} or true{% endif %}
    {%- endif -%}
{% endmacro %}

{#- An amount of an export in minor units of a currency with this many decimals. -#}
{% macro minor_units(amount, exponent) -%}
    cast(
        ({{ amount }})
        * case {{ exponent }} when 0 then 1 when 1 then 10 when 3 then 1000 when 4 then 10000 else 100 end as bigint
    )
{%- endmacro %}

{#- Minor units in the currency's own unit, with two decimals: rounded where it has more. -#}
{% macro dollars_of(cents, exponent) -%}
    cast(case {{ exponent }}
        when 0 then cast({{ cents }} as decimal(38, 0)) * 1.00
        when 3 then cast({{ ledgerline.rounded_ratio(cents, '10') }} as decimal(38, 0)) * 0.01
        when 4 then cast({{ ledgerline.rounded_ratio(cents, '100') }} as decimal(38, 0)) * 0.01
        else cast({{ cents }} as decimal(38, 0)) * 0.01
    end as decimal(18, 2))
{%- endmacro %}

{#- A share of whole numbers with four decimals, exact and rounded half away from zero; NULL over 0. -#}
{% macro share_of(part, whole) -%}
    cast(
        cast({{ ledgerline.rounded_ratio('10000 * (' ~ part ~ ')', '(' ~ whole ~ ')') }} as decimal(18, 0)) * 0.0001
        as decimal(6, 4)
    )
{%- endmacro %}

{#- Minor units per thing in the currency's own unit, with two decimals, exact and rounded once; NULL over 0. -#}
{% macro dollars_per(cents, things, exponent) -%}
    cast(case {{ exponent }}
        when 0 then {{ ledgerline.rounded_ratio('100 * ' ~ cents, things) }}
        when 3 then {{ ledgerline.rounded_ratio(cents, '(10 * ' ~ things ~ ')') }}
        when 4 then {{ ledgerline.rounded_ratio(cents, '(100 * ' ~ things ~ ')') }}
        else {{ ledgerline.rounded_ratio(cents, things) }}
    end * 0.01 as decimal(18, 2))
{%- endmacro %}
