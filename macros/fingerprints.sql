{#- Incremental models keep rows under a fingerprint of what they rest on (decision 9): of a file, an order, a sync. Another
    model, `known`, has a row for each piece of work and its fingerprint as it is now. -#}

{#- A number that is another when any of some values is. For fingerprints alone: each engine has its own. -#}
{% macro change_number() -%}
    {{ return(adapter.dispatch('change_number', 'ledgerline')(varargs)) }}
{%- endmacro %}

{% macro default__change_number(expressions) -%}
    {{ ledgerline.hash_number('cast(row(' ~ expressions | join(', ') ~ ') as varchar)') }}
{%- endmacro %}

{% macro duckdb__change_number(expressions) -%}
    cast(hash({{ expressions | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{#- Before: forget the rows of work that is another now. -#}
{% macro forget_changed(known, fingerprint) %}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (select 1 from {{ known }} as known where known.{{ fingerprint }} = kept.{{ fingerprint }})
    {%- endif -%}
{% endmacro %}

{#- The work whose rows are not in the table yet. -#}
{% macro not_kept(known, fingerprint) %}
    select * from {{ known }} as known
    {%- if is_incremental() %}
        where not exists (select 1 from {{ this }} as kept where kept.{{ fingerprint }} = known.{{ fingerprint }})
    {%- endif %}
{%- endmacro %}

{#- The run of the oldest row of such work, as a literal: an engine skips older rows before it reads them. -#}
{% macro first_run_not_kept(known, fingerprint) %}
    {%- if execute and is_incremental() -%}
        {%- set found = run_query(
            'select min(first_landed_run) from (' ~ ledgerline.not_kept(known, fingerprint) ~ ') as work'
        ).columns[0].values()[0] -%}
        {{ return(found if found is not none else 0) }}
    {%- endif -%}
    {{ return(0) }}
{% endmacro %}
