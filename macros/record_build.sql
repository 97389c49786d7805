{#- Every build leaves its verdict in ops.builds: `ledgerline publish` asks it, whoever ran dbt. -#}
{% macro record_build_start() %}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set arguments = invocation_args_dict -%}
        {%- set is_whole = not (arguments.get('select') or arguments.get('exclude') or arguments.get('selector')) -%}
        {#- A scheduler's part has a name; one chosen by hand is what was chosen. -#}
        {%- set chosen = [arguments.get('select') or [], arguments.get('exclude') or [], arguments.get('selector') or ''] -%}
        {%- set selection = '' if is_whole else env_var('LEDGERLINE_BUILD_SCOPE', '') or (chosen | string) -%}
        {#- A refresh of a domain asks whether another project built any of it. -#}
        {%- set folders = [] -%}
        {%- for name in selected_resources if graph.nodes.get(name, {}).resource_type in ('model', 'seed') -%}
            {%- do folders.append(graph.nodes[name].original_file_path.split('/')[-2]) -%}
        {%- endfor -%}
        insert into ops.builds
            (build_number, invocation_id, is_whole, status, as_of, selection, folders, project, domains)
        select
            coalesce(max(build_number), 0) + 1,
            '{{ invocation_id }}',
            {{ is_whole }},
            'running',
            cast('{{ ledgerline.as_of_instant_python().isoformat() }}' as timestamptz),
            '{{ selection | replace("'", "''") }}',
            ',{{ folders | unique | sort | join(',') }},',
            '{{ env_var('LEDGERLINE_PROJECT', '') }}',
            ',{{ ledgerline.domains_touched(ledgerline.domain_uses()) | join(',') }},'
        from ops.builds
    {%- endif -%}
{% endmacro %}

{#- What every data test of a build found, for ops.data_quality; results older than var `data_quality_days` go. -#}
{% macro record_test_results(results) %}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set tests = results | selectattr('node.resource_type', 'equalto', 'test') | list -%}
        {%- if tests -%}
            {%- set as_of = "cast('" ~ ledgerline.as_of_instant_python().isoformat() ~ "' as timestamptz)" -%}
            {%- do run_query(
                'delete from ops.test_results where as_of < ' ~ as_of ~ " - interval '" ~ var('data_quality_days') ~ " days'"
            ) -%}
            insert into ops.test_results
                (invocation_id, build_number, test_name, model, severity, status, failing_rows, as_of)
            select
                '{{ invocation_id }}',
                (select coalesce(max(build_number), 0) from ops.builds where invocation_id = '{{ invocation_id }}'),
                found.test_name, found.model, found.severity, found.status,
                cast(nullif(found.failing_rows, '') as bigint),
                {{ as_of }}
            from (
                values
                {%- for result in tests %}
                {%- set models = [] -%}
                {%- for name in result.node.depends_on.nodes -%}
                    {%- do models.append(name.split('.')[-1]) -%}
                {%- endfor %}
                (
                    '{{ result.node.name }}', '{{ models | join(', ') }}',
                    '{{ result.node.config.severity | lower }}', '{{ result.status }}',
                    '{{ result.failures if result.failures is not none else '' }}'
                ){{ ',' if not loop.last }}
                {%- endfor %}
            ) as found (test_name, model, severity, status, failing_rows)
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- A build without its data tests, or of no rows, proves nothing: it must not be published. -#}
{% macro is_tested_build() %}
    {%- set arguments = invocation_args_dict -%}
    {%- set only = arguments.get('resource_types') or [] -%}
    {{ return(
        flags.WHICH == 'build'
        and 'test' not in (arguments.get('exclude_resource_types') or [])
        and (not only or 'test' in only)
        and not arguments.get('empty')
    ) }}
{% endmacro %}

{% macro record_build_end(results) %}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped']) | list -%}
        {%- set status = 'failed' if bad else ('passed' if ledgerline.is_tested_build() else 'untested') -%}
        {{ ledgerline.record_domain_builds(results) }}
        update ops.builds set status = '{{ status }}' where invocation_id = '{{ invocation_id }}'
    {%- endif -%}
{% endmacro %}
