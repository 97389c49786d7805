{#- Whose ad account a row of an ads report is. -#}

{#- The account column of a row. A version that knew no such column kept it in `extra`, under the header's own word;
    rows that it landed have no `account_folder`. -#}
{% macro reported_account(column, headers) -%}
    {%- set texts = ledgerline.json_texts('extra', headers) -%}
    case
        when account_folder is not null then nullif({{ ledgerline.trimmed(column) }}, '')
        else coalesce(
            {%- for number in range(1, headers | length + 1) %}
            nullif(nullif({{ ledgerline.trimmed('(' ~ texts ~ ')[' ~ number ~ ']') }}, ''), '--')
            {{- ',' if not loop.last }}
            {%- endfor %}
        )
    end
{%- endmacro %}

{% macro account_id_headers() -%}
    {{ return([
        'account_id', 'ad_account_id', 'customer_id', 'identificador_de_la_cuenta', 'id_de_la_cuenta', 'id_de_cliente',
        'identifiant_du_compte', 'id_du_compte', 'konto_id', 'kontonummer', 'kundennummer',
    ]) }}
{%- endmacro %}

{% macro account_name_headers() -%}
    {{ return([
        'account_name', 'ad_account_name', 'account', 'nombre_de_la_cuenta', 'cuenta', 'nom_du_compte', 'compte',
        'kontoname', 'konto',
    ]) }}
{%- endmacro %}

{#- The account that a folder `account=<id>` names. -#}
{% macro account_folder() -%}
    {%- set landed_below = ledgerline.first_group('_source_file', "'.*/account=([^/]+)/'") -%}
    nullif({{ ledgerline.trimmed('coalesce(account_folder, ' ~ landed_below ~ ')') }}, '')
{%- endmacro %}

{#- An account as it compares: Meta writes an id as `123` and `act_123`, Google as `123-456-7890` and `1234567890`. -#}
{% macro account_as_compared(expression) -%}
    {%- set plain = 'lower(' ~ ledgerline.trimmed(expression) ~ ')' -%}
    case
        when {{ ledgerline.matches(plain, "'^(act_)?[0-9-]+$'") }}
            then replace(replace({{ plain }}, 'act_', ''), '-', '')
        else {{ plain }}
    end
{%- endmacro %}
