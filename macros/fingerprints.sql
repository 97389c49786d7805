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

{#- Before: forget the rows of work that is another now. With `one_row_each` two sums are compared first. What to add must
    not be decided so: that is compiled before anything is forgotten, be it by another hook. -#}
{% macro forget_changed(known, fingerprint, one_row_each=false) %}
    {%- if is_incremental() and not (one_row_each and ledgerline.all_is_kept(known, fingerprint)) -%}
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

{#- Whether a table that keeps one row for each piece of work keeps just what is known: sums tell it at once, where
    millions would be looked up one by one. -#}
{% macro all_is_kept(known, fingerprint) %}
    {%- if execute -%}
        {%- set totals = [] -%}
        {%- for relation in [known, this] -%}
            {%- do totals.append(run_query(
                'select count(*), cast(sum(' ~ fingerprint ~ ') as varchar) from ' ~ relation
            ).rows[0].values()) -%}
        {%- endfor -%}
        {{ return(totals[0] == totals[1]) }}
    {%- endif -%}
    {{ return(false) }}
{% endmacro %}
