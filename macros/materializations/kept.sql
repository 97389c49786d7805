{#- `kept`: a table that keeps its rows from build to build for as long as what they were made from stays the same
    (docs/kept.md).

    config(
        materialized='kept',
        work='int_orders_fingerprinted',      the model that lists the work: a row per order, file or sync,
        fingerprint='order_fingerprint',      with a fingerprint of all that its rows are made of; the table has it too
        invalidated_by={model: fingerprint},  other models whose fingerprints rows carry: gone there, gone here
        skip_older_runs_of=[models]           with a landed_run: rows from before the oldest new work's
                                              first_landed_run are skipped unread
    )

    The model is plain SQL over all work. A build deletes the rows whose fingerprint is gone, and runs the SQL over the
    work that has no row yet: its one reference to `work` then reads that alone. Where the table is missing, or its
    columns are not the model's, the SQL makes all of it. -#}
{% materialization kept, default %}
    {%- set work = ref(config.require('work')) -%}
    {%- set fingerprint = config.require('fingerprint') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do ledgerline.require_one_reference(work) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set columns = none -%}
    {%- if existing is not none and existing.is_table and not should_full_refresh() -%}
        {%- set columns = ledgerline.query_columns('select * from ' ~ existing) -%}
    {%- endif -%}
    {%- set is_kept = columns is not none and columns == ledgerline.model_columns() -%}
    {%- if is_kept -%}
        {%- do ledgerline.renew(target_relation, columns | map('first') | list, work, fingerprint) -%}
    {%- else -%}
        {#- Beside the old table, which readers have until the last moment. -#}
        {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
        {% call statement('main') %}{{ create_table_as(False, intermediate_relation, compiled_code) }}{% endcall %}
        {%- do drop_relation_if_exists(existing) -%}
        {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {%- do apply_grants(
        target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=not is_kept)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- A second reference would read work that is not new beside work that is. -#}
{% macro require_one_reference(work) %}
    {%- set found = compiled_code.count(work.render()) -%}
    {%- if found != 1 -%}
        {%- do exceptions.raise_compiler_error(
            model.name ~ ": found " ~ found ~ " references to its work, " ~ work.identifier
            ~ ", expected exactly 1: import it in one CTE and read that"
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- Delete what is gone, then insert what is new. -#}
{% macro renew(target_relation, columns, work, fingerprint) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- endif -%}
    {%- for other, column in config.get('invalidated_by', {}).items() -%}
        {% call statement('main') %}{{ ledgerline.delete_gone(target_relation, ref(other), column) }}{% endcall %}
    {%- endfor -%}
    {% call statement('main') %}{{ ledgerline.delete_gone(target_relation, work, fingerprint) }}{% endcall %}

    {#- A name of this session alone, so that it can be the same in every model. -#}
    {%- set new_work = 'kept__new_work' -%}
    {%- set skips = config.get('skip_older_runs_of', []) -%}
    {% call statement('new_work', fetch_result=True) %}
        {{ ledgerline.create_new_work(new_work, target_relation, work, fingerprint) }}
        select
            count(*),
            {{ 'min(first_landed_run)' if skips else '0' }}
        from {{ new_work }}
    {% endcall %}
    {%- set new_count, first_run = load_result('new_work').data[0] -%}
    {%- if new_count > 0 -%}
        {%- set code = namespace(sql=compiled_code | replace(work.render(), new_work)) -%}
        {%- for skipped in skips -%}
            {%- set code.sql = ledgerline.without_older_runs(code.sql, ref(skipped), first_run) -%}
        {%- endfor -%}
        {% call statement('main') %}{{ ledgerline.insert_new(target_relation, columns, code.sql) }}{% endcall %}
    {%- endif -%}
    {% call statement('drop_new_work') %}drop table {{ new_work }}{% endcall %}
{% endmacro %}

{#- The run stands as a literal: an engine skips older rows before it reads their JSON. -#}
{% macro without_older_runs(sql, relation, first_run) %}
    {%- set name = relation.render() -%}
    {%- if name not in sql -%}
        {%- do exceptions.raise_compiler_error(
            model.name ~ ": skip_older_runs_of names " ~ relation.identifier ~ ", which its SQL does not read"
        ) -%}
    {%- endif -%}
    {%- set aliased = modules.re.sub(
        modules.re.escape(name) ~ '(?! as )', name ~ ' as ' ~ relation.identifier, sql
    ) -%}
    {{ return(aliased | replace(name, '(select * from ' ~ name ~ ' where landed_run >= ' ~ first_run ~ ')')) }}
{% endmacro %}

{#- The steps, for an engine that has another way: MERGE alone, or no temporary tables. -#}
{% macro delete_gone(target_relation, known, fingerprint) %}
    {{ return(adapter.dispatch('delete_gone', 'ledgerline')(target_relation, known, fingerprint)) }}
{% endmacro %}

{% macro default__delete_gone(target_relation, known, fingerprint) %}
    delete from {{ target_relation }} as kept
    where not exists (
        select 1 from (select * from {{ known }}) as known where known.{{ fingerprint }} = kept.{{ fingerprint }}
    )
{% endmacro %}

{% macro create_new_work(name, target_relation, work, fingerprint) %}
    {{ return(adapter.dispatch('create_new_work', 'ledgerline')(name, target_relation, work, fingerprint)) }}
{% endmacro %}

{% macro default__create_new_work(name, target_relation, work, fingerprint) %}
    create temporary table {{ name }} as
    select * from (select * from {{ work }}) as known
    where not exists (
        select 1 from {{ target_relation }} as kept where kept.{{ fingerprint }} = known.{{ fingerprint }}
    );
{% endmacro %}

{#- A planner that does not know how little is new reads everything else first. -#}
{% macro postgres__create_new_work(name, target_relation, work, fingerprint) %}
    {{ ledgerline.default__create_new_work(name, target_relation, work, fingerprint) }}
    analyze {{ name }};
{% endmacro %}

{% macro insert_new(target_relation, columns, sql) %}
    {{ return(adapter.dispatch('insert_new', 'ledgerline')(target_relation, columns, sql)) }}
{% endmacro %}

{% macro default__insert_new(target_relation, columns, sql) %}
    {%- set names = get_quoted_csv(columns) -%}
    insert into {{ target_relation }} ({{ names }})
    select {{ names }} from (
        {{ sql }}
    ) as made
{% endmacro %}

{#- What the model's table is made of: by its contract, or by its SQL. -#}
{% macro model_columns() %}
    {%- set sql = get_empty_schema_sql(model.columns) if config.get('contract').enforced else compiled_code -%}
    {{ return(ledgerline.query_columns(sql)) }}
{% endmacro %}

{#- Names and types of a query's columns, in their order, without running it. -#}
{% macro query_columns(sql) %}
    {{ return(adapter.dispatch('query_columns', 'ledgerline')(sql)) }}
{% endmacro %}

{% macro default__query_columns(sql) %}
    {%- set view = make_temp_relation(this) -%}
    {% call statement('query_columns') %}create temporary view {{ view }} as {{ sql }}{% endcall %}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(view) -%}
        {%- do columns.append((column.name, column.data_type)) -%}
    {%- endfor -%}
    {% call statement('query_columns') %}drop view {{ view }}{% endcall %}
    {{ return(columns) }}
{% endmacro %}

{% macro duckdb__query_columns(sql) %}
    {% call statement('query_columns', fetch_result=True) %}
        select
            column_name,
            column_type
        from (describe ({{ sql }}))
    {% endcall %}
    {{ return(load_result('query_columns').data | map('list') | list) }}
{% endmacro %}
