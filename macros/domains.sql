{#- Which nodes each domain uses: those in its folders, all that they read, and what nobody reads of a folder that it
    uses. A domain is a folder of marts; which ones there are the project alone says. -#}
{% macro domain_uses() %}
    {%- set by_folder, uses, used_by_any = {}, {}, {} -%}
    {%- for key, node in graph.nodes.items() if node.resource_type in ('model', 'seed') -%}
        {%- set folders = node.original_file_path.split('/') -%}
        {%- do by_folder.setdefault(folders[-2], []).append(key) -%}
        {%- if folders[1] == 'marts' and folders[2] != 'ops' -%}
            {%- do uses.setdefault(folders[2], {}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for domain, used in uses.items() -%}
        {%- do used.update(ledgerline.with_all_above(by_folder[domain])) -%}
        {%- do used_by_any.update(used) -%}
    {%- endfor -%}
    {%- for keys in by_folder.values() -%}
        {%- set unread = keys | reject('in', used_by_any) | list -%}
        {%- for used in uses.values() if unread and keys | select('in', used) | list -%}
            {%- do used.update(dict.fromkeys(unread, true)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(uses) }}
{% endmacro %}

{#- These nodes and everything that they are made of, as keys. -#}
{% macro with_all_above(keys) %}
    {%- set found, wanted = {}, keys | list -%}
    {#- The list grows while it is read. -#}
    {%- for key in wanted -%}
        {%- if key not in found -%}
            {%- do found.update({key: true}) -%}
            {%- do wanted.extend(graph.nodes[key].depends_on.nodes if key in graph.nodes else []) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- The domains that a data test answers for. One that compares a node with what it is made of tests that node; one of
    the loaders' books alone, which tell of every row of every source, answers for all domains. -#}
{% macro domains_under_test(test, uses) %}
    {%- set above = {} -%}
    {%- for key in test.depends_on.nodes if key in graph.nodes -%}
        {%- do above.update(ledgerline.with_all_above(graph.nodes[key].depends_on.nodes)) -%}
    {%- endfor -%}
    {%- set tested = [] -%}
    {%- for key in test.depends_on.nodes if key not in above and not key.startswith('source.ledgerline.ops.') -%}
        {%- do tested.append(key) -%}
    {%- endfor -%}
    {%- set domains = [] -%}
    {%- for domain, used in uses.items() if not tested or tested | select('in', used) | list -%}
        {%- do domains.append(domain) -%}
    {%- endfor -%}
    {{ return(domains) }}
{% endmacro %}

{#- The domains that a build touches: it makes or tests what they use. -#}
{% macro domains_touched(uses) %}
    {%- set chosen = {} -%}
    {%- for key in selected_resources if key in graph.nodes -%}
        {%- set node = graph.nodes[key] -%}
        {%- do chosen.update({key: true}) -%}
        {%- for read in node.depends_on.nodes if node.resource_type == 'test' -%}
            {%- do chosen.update({'books' if read.startswith('source.ledgerline.ops.') else read: true}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set domains = [] -%}
    {%- for domain, used in uses.items() if 'books' in chosen or chosen | select('in', used) | list -%}
        {%- do domains.append(domain) -%}
    {%- endfor -%}
    {{ return(domains | sort) }}
{% endmacro %}

{#- Whether a build makes all that a domain uses, and runs all tests of it. -#}
{% macro is_whole_of_domain(used) %}
    {%- set chosen = dict.fromkeys(selected_resources, true) -%}
    {%- set missing = [] -%}
    {%- for key in used if key in graph.nodes and key not in chosen -%}
        {%- do missing.append(key) -%}
    {%- endfor -%}
    {%- for key, node in graph.nodes.items() if not missing and node.resource_type == 'test' and key not in chosen -%}
        {%- set others = [] -%}
        {%- for read in node.depends_on.nodes if read not in used and not read.startswith('source.ledgerline.ops.') -%}
            {%- do others.append(read) -%}
        {%- endfor -%}
        {%- if not others and node.depends_on.nodes | select('in', used) | list -%}
            {%- do missing.append(key) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(not missing) }}
{% endmacro %}

{#- What failed for each domain, by name: a node or test that it uses, or what was left out because of one. -#}
{% macro domain_failures(results, uses) %}
    {%- set statuses, undone, failures = {}, {}, {} -%}
    {%- for result in results -%}
        {%- do statuses.update({result.node.unique_id: result.status | string}) -%}
    {%- endfor -%}
    {%- for key in selected_resources if graph.nodes.get(key, {}).resource_type in ('model', 'seed') -%}
        {%- set is_made = statuses.get(key) == 'success' or graph.nodes[key].config.materialized == 'ephemeral' -%}
        {%- do undone.update({key: true}) if not is_made -%}
    {%- endfor -%}
    {%- for key in undone -%}
        {%- set node = graph.nodes[key] -%}
        {%- for domain, used in uses.items() if key in used -%}
            {%- do failures.setdefault(domain, []).append(
                node.resource_type ~ ' ' ~ node.name if statuses.get(key) == 'error' else ''
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for result in results if result.node.resource_type == 'unit_test' and result.status in ('fail', 'error') -%}
        {%- for domain, used in uses.items() if result.node.tested_node_unique_id in used -%}
            {%- do failures.setdefault(domain, []).append('unit test ' ~ result.node.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for key in selected_resources if graph.nodes.get(key, {}).resource_type == 'test' -%}
        {%- set test, status = graph.nodes[key], statuses.get(key) -%}
        {#- One that was left out says nothing where what it reads could not be made; that is said already. -#}
        {%- set is_bad = (
            status not in ('pass', 'warn')
            and (status in ('fail', 'error', 'runtime error') or not test.depends_on.nodes | select('in', undone) | list)
        ) -%}
        {%- for domain in (ledgerline.domains_under_test(test, uses) if is_bad else []) -%}
            {%- do failures.setdefault(domain, []).append('test ' ~ test.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(failures) }}
{% endmacro %}

{#- What publishing and `ledgerline status` say of a domain: the first few names, in an order that no thread decides. -#}
{% macro named_failures(names) %}
    {%- set named = names | select | unique | sort -%}
    {%- set more = named | length - 3 -%}
    {{ return(
        (named[:3] | join(', ') ~ (' and ' ~ more ~ ' more' if more > 0 else '') ~ ' failed')
        if named else 'the build was broken off'
    ) }}
{% endmacro %}

{#- How a build ended for every domain that it touched: a statement, with its end. -#}
{% macro record_domain_builds(results) %}
    {%- set uses = ledgerline.domain_uses() -%}
    {%- set failures = ledgerline.domain_failures(results, uses) -%}
    {%- set domains = (ledgerline.domains_touched(uses) + failures.keys() | list) | unique | sort -%}
    {%- if domains -%}
        insert into ops.domain_builds
            (build_number, domain, is_whole, status, reason, marts_built, marts, run_id, built_at)
        select
            builds.build_number, told.domain, told.is_whole, told.status, nullif(told.reason, ''),
            cast(told.marts_built as bigint), cast(told.marts as bigint),
            '{{ env_var('LEDGERLINE_RUN_ID', '') or invocation_id }}',
            {{ ledgerline.build_started_at() }}
        from ops.builds as builds
        cross join (
            values
            {%- for domain in domains %}
            {%- set marts = [] -%}
            {%- for key in uses[domain] if graph.nodes.get(key, {}).get('path', '').startswith('marts/' ~ domain ~ '/') -%}
                {%- do marts.append(key) -%}
            {%- endfor %}
            (
                '{{ domain }}', {{ ledgerline.is_whole_of_domain(uses[domain]) }},
                '{{ 'failed' if domain in failures else ('passed' if ledgerline.is_tested_build() else 'untested') }}',
                '{{ ledgerline.named_failures(failures[domain]) if domain in failures else '' }}',
                {{ marts | select('in', selected_resources) | list | length }}, {{ marts | length }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as told (domain, is_whole, status, reason, marts_built, marts)
        where builds.invocation_id = '{{ invocation_id }}';
    {%- endif -%}
{% endmacro %}
