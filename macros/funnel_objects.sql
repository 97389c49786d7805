{#- Contacts, form submissions and transactions: the same JSON, alone or inside a webhook. -#}

{#- The fields of a contact in ClickFunnels' JSON, in the order in which `contact_columns` names them. -#}
{% macro contact_keys() -%}
    {{ return([
        'id', 'email_address', 'phone_number', 'full_name', 'first_name', 'last_name', 'time_zone', 'created_at',
        'updated_at', 'custom_attributes.calendar_status', 'custom_attributes.obvio_link', 'custom_attributes.keap_id',
        'custom_attributes.manychat_id', 'custom_attributes.ad_id', 'visits.first_visit.utm_source',
        'visits.first_visit.utm_medium', 'visits.first_visit.utm_campaign', 'visits.first_visit.utm_content',
        'visits.first_visit.utm_term', 'visits.first_visit.landing_page', 'visits.last_visit_with_utm.utm_source',
        'visits.last_visit_with_utm.utm_medium', 'visits.last_visit_with_utm.utm_campaign',
        'visits.last_visit_with_utm.utm_content', 'visits.last_visit_with_utm.utm_term', 'custom_attributes.utm_source',
        'custom_attributes.utm_medium', 'custom_attributes.utm_campaign', 'custom_attributes.utm_content',
        'custom_attributes.utm_term', 'calendar_status', 'obvio_link', 'keap_id', 'manychat_id',
    ]) }}
{%- endmacro %}

{#- A contact's columns from the texts at `contact_keys`. -#}
{% macro contact_columns() -%}
    cast(texts[1] as bigint) as clickfunnels_id,
        {{ ledgerline.email_address('texts[2]') }} as email,
        {{ ledgerline.told('texts[3]') }} as phone,
        {{ ledgerline.told('texts[4]') }} as full_name,
        {{ ledgerline.told('texts[5]') }} as first_name,
        {{ ledgerline.told('texts[6]') }} as last_name,
        {{ ledgerline.told('texts[7]') }} as source_time_zone,
        {{ ledgerline.instant_or_day("nullif(texts[8], '')") }} as created_at,
        {{ ledgerline.instant_or_day("nullif(texts[9], '')") }} as updated_at,
        {{ ledgerline.first_told('texts[31]', 'texts[10]') }} as calendar_status,
        {{ ledgerline.first_told('texts[32]', 'texts[11]') }} as obvio_link,
        coalesce({{ ledgerline.id_of_text('texts[33]') }}, {{ ledgerline.id_of_text('texts[12]') }}) as keap_id,
        coalesce({{ ledgerline.id_of_text('texts[34]') }}, {{ ledgerline.id_of_text('texts[13]') }}) as manychat_id,
        {{ ledgerline.told('texts[14]') }} as ad_id,
        {{ ledgerline.touch_of('texts', 15, parts=6) }} as first_touch,
        {{ ledgerline.touch_of('texts', 21) }} as last_touch,
        {{ ledgerline.touch_of('texts', 26) }} as attribute_touch
{%- endmacro %}

{#- The fields of a form submission in ClickFunnels' JSON, in the order in which `submission_columns` names them. -#}
{% macro submission_keys() -%}
    {{ return([
        'id', 'contact_id', 'created_at', 'data.contact.email', 'data.email', 'data.contact.name', 'data.phone_number',
        'data.url', 'data.utm_source', 'data.utm_medium', 'data.utm_campaign', 'data.utm_content', 'data.utm_term',
        'data.ad_id',
    ]) }}
{%- endmacro %}

{#- A submission's columns from the texts at `submission_keys`. The IP address stops here. -#}
{% macro submission_columns() -%}
    texts[1] as submission_id,
        cast(texts[2] as bigint) as clickfunnels_contact_id,
        coalesce({{ ledgerline.email_address('texts[4]') }}, {{ ledgerline.email_address('texts[5]') }}) as email,
        {{ ledgerline.told('texts[6]') }} as full_name,
        {{ ledgerline.told('texts[7]') }} as phone,
        {{ ledgerline.told('texts[8]') }} as url,
        {{ ledgerline.touch_of('texts', 9) }} as touch,
        {{ ledgerline.told('texts[14]') }} as ad_id,
        {{ ledgerline.instant_or_day("nullif(texts[3], '')") }} as created_at
{%- endmacro %}

{#- The fields of a transaction in ClickFunnels' JSON, in the order in which `transaction_columns` names them. -#}
{% macro transaction_keys() -%}
    {{ return([
        'id', 'order_id', 'adjusted_transaction_id', 'amount', 'currency', 'result', 'status', 'created_at',
        'updated_at',
    ]) }}
{%- endmacro %}

{#- A transaction's columns from the texts at `transaction_keys`. -#}
{% macro transaction_columns() -%}
    texts[1] as transaction_id,
        texts[2] as source_order_id,
        {{ ledgerline.told('texts[3]') }} as adjusted_transaction_id,
        cast(texts[4] as decimal(18, 2)) as amount,
        upper({{ ledgerline.told('texts[5]') }}) as currency,
        lower({{ ledgerline.trimmed('texts[6]') }}) as result,
        lower({{ ledgerline.trimmed('texts[7]') }}) as status,
        {{ ledgerline.instant_or_day("nullif(texts[8], '')") }} as created_at,
        {{ ledgerline.instant_or_day("nullif(texts[9], '')") }} as updated_at
{%- endmacro %}

{#- What records may tell of a person; NULL for what this kind of record does not: `unknown`, or all but `known`. -#}
{% macro contact_facts(unknown=[], known=none) -%}
    {%- set facts = [
        'email', 'phone', 'full_name', 'first_name', 'last_name', 'source_time_zone', 'calendar_status', 'obvio_link',
        'keap_id', 'manychat_id', 'ad_id', 'first_touch', 'last_touch', 'attribute_touch',
    ] -%}
    {%- for fact in facts -%}
        {%- set is_known = fact in known if known is not none else fact not in unknown -%}
        {%- set data_type = 'bigint' if fact in ['keap_id', 'manychat_id'] else 'varchar' -%}
        {{ fact if is_known else 'cast(null as ' ~ data_type ~ ') as ' ~ fact }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What a form submission tells. -#}
{% macro submission_facts() -%}
    clickfunnels_contact_id,
        email,
        full_name,
        phone,
        url,
        touch,
        ad_id
{%- endmacro %}

{#- The fields of an invoice in ClickFunnels' JSON, in the order in which `invoice_columns` names them. -#}
{% macro invoice_keys() -%}
    {{ return([
        'id', 'order_id', 'order.id', 'status', 'invoice_type', 'total_amount', 'currency', 'paid_at', 'created_at',
        'updated_at', 'live_mode',
    ]) }}
{%- endmacro %}

{#- An invoice's columns from the texts at `invoice_keys`. Invoices were landed as they came before any model read them:
    what is no id, amount or time says nothing here, where a reader would refuse it now. -#}
{% macro invoice_columns() -%}
    {{ ledgerline.id_of_text('texts[1]') }} as invoice_id,
        coalesce({{ ledgerline.told('texts[2]') }}, {{ ledgerline.told('texts[3]') }}) as source_order_id,
        {{ ledgerline.plain_word('texts[4]') }} as invoice_status,
        {{ ledgerline.plain_word('texts[5]') }} as invoice_type,
        {{ ledgerline.amount_of_text('texts[6]') }} as amount,
        upper({{ ledgerline.told('texts[7]') }}) as currency,
        {{ ledgerline.instant_of_json('texts[8]') }} as paid_at,
        {{ ledgerline.instant_of_json('texts[9]') }} as created_at,
        {{ ledgerline.instant_of_json('texts[10]') }} as updated_at,
        lower(texts[11]) = 'false' as is_test
{%- endmacro %}

{#- An amount that JSON holds as text or number; NULL where it is none. -#}
{% macro amount_of_text(expression) -%}
    case
        when {{ ledgerline.matches(expression, "'^-?[0-9]{1,10}([.][0-9]{1,30})?$'") }}
            then cast({{ expression }} as decimal(18, 2))
    end
{%- endmacro %}

{#- A time, or a day, that JSON holds as text; NULL where it is none. -#}
{% macro instant_of_json(expression) -%}
    case
        when
            {{ ledgerline.matches('substr(' ~ expression ~ ', 1, 10)', ledgerline.iso_date_pattern()) }}
            and {{ ledgerline.matches(
                'substr(' ~ expression ~ ', 11)',
                "'^(T([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2}))?$'"
            ) }}
            then {{ ledgerline.instant_or_day(expression) }}
    end
{%- endmacro %}
