{#- What the models of the funnel share. -#}

{#- A text of the loaders as an instant: a UTC time, or a day alone, which starts in the zone of reports. -#}
{% macro instant_or_day(expression) -%}
    case
        when length({{ expression }}) = 10
            then {{ ledgerline.start_of_local_day('cast(' ~ expression ~ ' as date)', ledgerline.reporting_zone()) }}
        else cast({{ expression }} as timestamptz)
    end
{%- endmacro %}

{#- A trimmed text; NULL for what tools write where there is nothing (var `funnel_null_tokens`). -#}
{% macro told(expression) -%}
    {{ return(adapter.dispatch('told', 'ledgerline')(expression)) }}
{%- endmacro %}

{% macro default__told(expression) -%}
    {{ ledgerline.unless_none(ledgerline.default__trimmed(expression)) }}
{%- endmacro %}

{#- Dozens of cells of each row are asked: of most of them it is seen at once that there is nothing to trim. -#}
{% macro duckdb__told(expression) -%}
    case
        when {{ ledgerline.is_trimmed(expression) }} then {{ ledgerline.unless_none(expression) }}
        else {{ ledgerline.default__told(expression) }}
    end
{%- endmacro %}

{#- A text without whitespace at its ends; NULL where it is a word for none. -#}
{% macro unless_none(text) -%}
    case
        when lower({{ text }}) not in (
            {%- for token in var('funnel_null_tokens') %}'{{ token }}'{{ ', ' if not loop.last }}{% endfor -%}
        ) then {{ text }}
    end
{%- endmacro %}

{#- An e-mail address in lower case; NULL for what is none, such as `anon`. -#}
{% macro email_address(expression) -%}
    case when {{ ledgerline.told(expression) }} like '%_@_%' then lower({{ ledgerline.told(expression) }}) end
{%- endmacro %}

{#- The host of a URL in lower case, without `www.`, user and port; NULL for none. -#}
{% macro url_host(url) -%}
    {{ ledgerline.first_group(
        "regexp_replace(lower(" ~ ledgerline.trimmed(url) ~ "), '^[a-z][a-z0-9+.-]*://', '')",
        "'^(?:[^/?#]*@)?(?:www\\.)?([^/?#:@]+)'"
    ) }}
{%- endmacro %}

{#- What a person is known by, in one text: address, and ids of ClickFunnels, Keap and ManyChat. -#}
{% macro identity_key(email, clickfunnels_id='null', keap_id='null', manychat_id='null') -%}
    coalesce({{ email }}, '')
    || '|' || coalesce(cast({{ clickfunnels_id }} as varchar), '')
    || '|' || coalesce(cast({{ keap_id }} as varchar), '')
    || '|' || coalesce(cast({{ manychat_id }} as varchar), '')
{%- endmacro %}

{#- The same with its tenant, as a number. -#}
{% macro identity_number(organization_id, email, clickfunnels_id='null', keap_id='null', manychat_id='null') -%}
    {{ ledgerline.hash_number(
        "concat_ws('|', " ~ organization_id ~ ", "
        ~ ledgerline.identity_key(email, clickfunnels_id, keap_id, manychat_id) ~ ")"
    ) }}
{%- endmacro %}

{#- The value of the row of least rank that has one. Ranks are unique in a group. -#}
{% macro newest_known(column, rank) -%}
    {{ return(adapter.dispatch('newest_known', 'ledgerline')(column, rank)) }}
{%- endmacro %}

{% macro default__newest_known(column, rank) -%}
    (array_agg({{ column }} order by {{ rank }}) filter (where {{ column }} is not null))[1]
{%- endmacro %}

{% macro duckdb__newest_known(column, rank) -%}
    arg_min({{ column }}, {{ rank }}) filter (where {{ column }} is not null)
{%- endmacro %}

{#- An id that a form or attribute holds as text; NULL where it is none. -#}
{% macro id_of_text(expression) -%}
    case
        when {{ ledgerline.matches(ledgerline.trimmed(expression), "'^[0-9]{1,18}$'") }}
            then cast({{ ledgerline.trimmed(expression) }} as bigint)
    end
{%- endmacro %}

{#- Where a landed row came from. -#}
{% macro funnel_provenance() -%}
    _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _extracted_at as extracted_at,
        _landed_run as landed_run
{%- endmacro %}

{#- The fields of an order in ClickFunnels' JSON, in the order in which `order_columns` names them. -#}
{% macro order_keys() -%}
    {{ return([
        'id', 'contact_id', 'contact.id', 'contact.email_address', 'order_number', 'billing_status', 'total_amount',
        'currency', 'live_mode', 'created_at', 'updated_at', 'funnel_name', 'origination_channel_id',
        'origination_channel_public_id', 'origination_channel_name', 'order_page.id', 'order_page.name',
        'order_page.public_id', 'page_id', 'page_name', 'billing_address_street_one', 'billing_address_street_two',
        'billing_address_city', 'billing_address_region', 'billing_address_postal_code', 'billing_address_country',
        'shipping_address_street_one', 'shipping_address_street_two', 'shipping_address_city',
        'shipping_address_region', 'shipping_address_postal_code', 'shipping_address_country',
        'shipping_address_first_name', 'shipping_address_last_name', 'shipping_address_organization_name',
        'shipping_address_phone_number', 'visits.last_visit_with_utm.utm_source',
        'visits.last_visit_with_utm.utm_medium', 'visits.last_visit_with_utm.utm_campaign',
        'visits.last_visit_with_utm.utm_content', 'visits.last_visit_with_utm.utm_term',
        'contact.visits.last_visit_with_utm.utm_source', 'contact.visits.last_visit_with_utm.utm_medium',
        'contact.visits.last_visit_with_utm.utm_campaign', 'contact.visits.last_visit_with_utm.utm_content',
        'contact.visits.last_visit_with_utm.utm_term', 'contact.custom_attributes.utm_source',
        'contact.custom_attributes.utm_medium', 'contact.custom_attributes.utm_campaign',
        'contact.custom_attributes.utm_content', 'contact.custom_attributes.utm_term', 'line_items',
        'contact.full_name', 'contact.first_name', 'contact.last_name', 'contact.phone_number', 'contact.time_zone',
        'contact.custom_attributes.calendar_status', 'contact.custom_attributes.obvio_link',
        'contact.custom_attributes.keap_id', 'contact.custom_attributes.manychat_id',
    ]) }}
{%- endmacro %}

{#- An order's columns from the texts at `order_keys`. -#}
{% macro order_columns() -%}
    texts[1] as source_order_id,
        coalesce(cast(texts[2] as bigint), cast(texts[3] as bigint)) as clickfunnels_contact_id,
        {{ ledgerline.email_address('texts[4]') }} as email,
        nullif(ltrim({{ ledgerline.trimmed('texts[5]') }}, '#'), '') as order_number,
        {{ ledgerline.trimmed('texts[6]') }} as source_status,
        cast(texts[7] as decimal(18, 2)) as order_total,
        upper({{ ledgerline.told('texts[8]') }}) as currency,
        lower(texts[9]) = 'false' as is_test,
        {{ ledgerline.instant_or_day("nullif(texts[10], '')") }} as created_at,
        {{ ledgerline.instant_or_day("nullif(texts[11], '')") }} as updated_at,
        {{ ledgerline.told('texts[12]') }} as funnel_name,
        cast(texts[13] as bigint) as channel_funnel_id,
        {{ ledgerline.told('texts[14]') }} as channel_funnel_public_id,
        {{ ledgerline.told('texts[15]') }} as channel_funnel_name,
        coalesce(cast(texts[16] as bigint), cast(texts[19] as bigint)) as page_id,
        coalesce({{ ledgerline.told('texts[17]') }}, {{ ledgerline.told('texts[20]') }}) as page,
        {{ ledgerline.told('texts[18]') }} as page_public_id,
        {{ ledgerline.told('texts[21]') }} as billing_address_street_one,
        {{ ledgerline.told('texts[22]') }} as billing_address_street_two,
        {{ ledgerline.told('texts[23]') }} as billing_address_city,
        {{ ledgerline.told('texts[24]') }} as billing_address_region,
        {{ ledgerline.told('texts[25]') }} as billing_address_postal_code,
        {{ ledgerline.told('texts[26]') }} as billing_address_country,
        {{ ledgerline.told('texts[27]') }} as shipping_address_street_one,
        {{ ledgerline.told('texts[28]') }} as shipping_address_street_two,
        {{ ledgerline.told('texts[29]') }} as shipping_address_city,
        {{ ledgerline.told('texts[30]') }} as shipping_address_region,
        {{ ledgerline.told('texts[31]') }} as shipping_address_postal_code,
        {{ ledgerline.told('texts[32]') }} as shipping_address_country,
        {{ ledgerline.told('texts[33]') }} as shipping_address_first_name,
        {{ ledgerline.told('texts[34]') }} as shipping_address_last_name,
        {{ ledgerline.told('texts[35]') }} as shipping_address_organization_name,
        {{ ledgerline.told('texts[36]') }} as shipping_address_phone_number,
        {{ ledgerline.touch_of('texts', 37) }} as own_touch,
        {{ ledgerline.touch_of('texts', 42) }} as contact_visit_touch,
        {{ ledgerline.touch_of('texts', 47) }} as contact_attribute_touch,
        texts[52] as line_items,
        {{ ledgerline.told('texts[53]') }} as full_name,
        {{ ledgerline.told('texts[54]') }} as first_name,
        {{ ledgerline.told('texts[55]') }} as last_name,
        {{ ledgerline.told('texts[56]') }} as phone,
        {{ ledgerline.told('texts[57]') }} as source_time_zone,
        {{ ledgerline.told('texts[58]') }} as calendar_status,
        {{ ledgerline.told('texts[59]') }} as obvio_link,
        {{ ledgerline.id_of_text('texts[60]') }} as keap_id,
        {{ ledgerline.id_of_text('texts[61]') }} as manychat_id
{%- endmacro %}

{#- The first of several texts that says something. -#}
{% macro first_told() -%}
    coalesce({% for expression in varargs %}{{ ledgerline.told(expression) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- A touch: the five UTM parts of one visit, and its landing page, in one text, so that it is taken whole or not at
    all; NULL where none of them says anything. -#}
{% macro touch_of(texts, first, parts=5) -%}
    nullif(
        {% for number in range(first, first + parts) -%}
            coalesce({{ ledgerline.told(texts ~ '[' ~ number ~ ']') }}, ''){{ ' || chr(31) || ' if not loop.last }}
        {% endfor -%},
        repeat(chr(31), {{ parts - 1 }})
    )
{%- endmacro %}

{#- The UTM columns of a touch. -#}
{% macro touch_columns(touch, prefix='') -%}
    {%- for part in ['source', 'medium', 'campaign', 'content', 'term'] -%}
        nullif(split_part({{ touch }}, chr(31), {{ loop.index }}), '') as {{ prefix }}utm_{{ part }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- One count in percent of another, four decimals. -#}
{% macro percent_of_counts(part, whole) -%}
    cast(
        cast({{ ledgerline.rounded_ratio(
            'cast(1000000 * ' ~ part ~ ' as ' ~ ledgerline.wide_integer() ~ ')',
            'cast(' ~ whole ~ ' as ' ~ ledgerline.wide_integer() ~ ')'
        ) }} as decimal(18, 0)) * 0.0001 as decimal(18, 4)
    )
{%- endmacro %}

{#- What an address of an order is made of. -#}
{% macro address_parts() -%}
    {{ return([
        'street_one', 'street_two', 'city', 'region', 'postal_code', 'country', 'first_name', 'last_name',
        'organization_name', 'phone_number',
    ]) }}
{%- endmacro %}

{#- The names of an order's address columns: who it is sent to stands only with the shipping address. -#}
{% macro address_names() -%}
    {%- set names = [] -%}
    {%- for part in ledgerline.address_parts()[:6] -%}{%- do names.append('billing_address_' ~ part) -%}{%- endfor -%}
    {%- for part in ledgerline.address_parts() -%}{%- do names.append('shipping_address_' ~ part) -%}{%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- An order's address columns; NULL for the parts that its source does not have. -#}
{% macro address_columns(unknown_parts=[]) -%}
    {%- for name in ledgerline.address_names() -%}
        {{ 'cast(null as varchar) as ' if name.split('_address_')[1] in unknown_parts }}{{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Where an order was placed, for inputs that do not say. -#}
{% macro no_page_columns() -%}
    cast(null as varchar) as funnel_public_id,
        cast(null as varchar) as envelope_funnel_name,
        cast(null as bigint) as channel_funnel_id,
        cast(null as varchar) as channel_funnel_public_id,
        cast(null as varchar) as channel_funnel_name,
        cast(null as varchar) as page,
        cast(null as bigint) as page_id,
        cast(null as varchar) as page_public_id,
        cast(null as varchar) as envelope_page,
        cast(null as bigint) as envelope_page_id,
        cast(null as varchar) as envelope_page_public_id
{%- endmacro %}

{#- What a contact inside an order tells of its buyer, for inputs that have none. -#}
{% macro no_person_columns() -%}
    cast(null as varchar) as source_time_zone,
        cast(null as varchar) as calendar_status,
        cast(null as varchar) as obvio_link,
        cast(null as bigint) as keap_id,
        cast(null as bigint) as manychat_id
{%- endmacro %}

{#- What webhooks hold of one kind, with the texts at some keys of it. -#}
{% macro webhook_texts(data_kind, keys) -%}
    select
        *,
        {{ ledgerline.json_texts('data', keys) }} as texts
    from {{ ref('stg_clickfunnels__webhook_events') }}
    where data_kind = '{{ data_kind }}'
{%- endmacro %}

{#- The type of each campaign name in a relation: of the patterns of `funnel_campaign_types` found in it the first. -#}
{% macro typed_campaigns(relation, column) -%}
    select
        names.{{ column }},
        types.campaign_type,
        row_number() over (partition by names.{{ column }} order by types.priority) as type_rank
    from (select distinct {{ column }} from {{ relation }}) as names
    inner join {{ ref('stg_settings__funnel_campaign_types') }} as types
        on {{ ledgerline.matches('lower(names.' ~ column ~ ')', 'types.pattern') }}
{%- endmacro %}

{#- A sum of what is in the currency of every KPI; 0 where there is none. -#}
{% macro in_funnel_currency(amount, currency='currency') -%}
    cast(
        coalesce(sum(case when {{ currency }} = '{{ var('funnel_currency') }}' then {{ amount }} end), 0)
        as decimal(18, 2)
    )
{%- endmacro %}

{#- Columns, each as the row of least rank that has one. -#}
{% macro newest_columns(columns, rank) -%}
    {%- for column in columns -%}
        {{ ledgerline.newest_known(column, rank) }} as {{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Columns of one relation. -#}
{% macro columns_of(relation, columns) -%}
    {%- for column in columns -%}{{ relation }}.{{ column }}{{ ',\n        ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{#- What the rows of a landed file are read by, beside the file: the SQL, and the vars that stand in it. -#}
{% macro funnel_rules() -%}
    {{ return(local_md5([
        ledgerline.code_digest('/funnel/', '/clickfunnels/'), var('funnel_null_tokens') | join(','),
        var('funnel_currency'), ledgerline.reporting_zone(),
    ] | join('/'))) }}
{%- endmacro %}

{#- Files from their landed rows, each with a number that changes when it must be read again. -#}
{% macro funnel_files_fingerprinted(landed_rows) -%}
    select
        input,
        organization_id,
        source_hash,
        min(landed_run) as first_landed_run,
        {{ ledgerline.hash_number(
            "concat_ws('|', input, organization_id, source_hash, cast(count(*) as varchar),"
            ~ " cast(sum(landed_run) as varchar), '" ~ ledgerline.funnel_rules() ~ "')"
        ) }} as file_fingerprint
    from {{ landed_rows }}
    group by input, organization_id, source_hash
{%- endmacro %}

{#- A number of a landed row and of what it was read by. -#}
{% macro told_row_number(relation) -%}
    {{ ledgerline.change_number(
        relation ~ '.source_file', relation ~ '.source_hash', relation ~ '.source_row', relation ~ '.landed_run',
        "'" ~ ledgerline.funnel_rules() ~ "'"
    ) }}
{%- endmacro %}

{#- When we saw what does not say since when it is true; NULL where it says so, and before we saw it. -#}
{% macro observed_at(own_time, extracted_at='extracted_at') -%}
    case
        when {{ own_time }} is null and {{ extracted_at }} <= {{ ledgerline.as_of_instant() }} then {{ extracted_at }}
    end
{%- endmacro %}
