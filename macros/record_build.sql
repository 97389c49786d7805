{#- Every build leaves its verdict in ops.builds: `ledgerline publish` asks it, whoever ran dbt. -#}
{% macro record_build_start() %}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set arguments = invocation_args_dict -%}
        {%- set is_whole = not (arguments.get('select') or arguments.get('exclude') or arguments.get('selector')) -%}
        {#- A scheduler's part has a name; one chosen by hand is what was chosen. -#}
        {%- set chosen = [arguments.get('select') or [], arguments.get('exclude') or [], arguments.get('selector') or ''] -%}
        {%- set selection = '' if is_whole else env_var('LEDGERLINE_BUILD_SCOPE', '') or (chosen | string) -%}
        insert into ops.builds (build_number, invocation_id, is_whole, status, as_of, selection)
        select
            coalesce(max(build_number), 0) + 1,
            '{{ invocation_id }}',
            {{ is_whole }},
            'running',
            cast('{{ ledgerline.as_of_instant_python().isoformat() }}' as timestamptz),
            '{{ selection | replace("'", "''") }}'
        from ops.builds
    {%- endif -%}
{% endmacro %}

{#- A build without its data tests, or of no rows, proves nothing: it must not be published. -#}
{% macro record_build_end(results) %}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set arguments = invocation_args_dict -%}
        {%- set only = arguments.get('resource_types') or [] -%}
        {%- set is_tested = (
            flags.WHICH == 'build'
            and 'test' not in (arguments.get('exclude_resource_types') or [])
            and (not only or 'test' in only)
            and not arguments.get('empty')
        ) -%}
        {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped']) | list -%}
        {%- set status = 'failed' if bad else ('passed' if is_tested else 'untested') -%}
        update ops.builds set status = '{{ status }}' where invocation_id = '{{ invocation_id }}'
    {%- endif -%}
{% endmacro %}
