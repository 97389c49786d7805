{#- Models of exports keep each sync's rows under its fingerprint (decision 9): that of its own rows, or that of the
    client's history up to it. -#}

{#- Before: forget the rows of syncs that are others now, or later than the as-of. -#}
{% macro forget_changed_syncs(fingerprint) %}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1 from {{ ref('int_creators__syncs_fingerprinted') }} as syncs
            where syncs.{{ fingerprint }} = kept.{{ fingerprint }}
        )
    {%- endif -%}
{% endmacro %}

{#- The syncs whose rows are not in the table yet. -#}
{% macro new_syncs(fingerprint) %}
    select * from {{ ref('int_creators__syncs_fingerprinted') }} as known
    {%- if is_incremental() %}
        where not exists (select 1 from {{ this }} as kept where kept.{{ fingerprint }} = known.{{ fingerprint }})
    {%- endif %}
{%- endmacro %}

{#- The run of the oldest row of a new sync, as a literal: an engine skips older rows before it reads them. -#}
{% macro first_run_of_new_syncs(fingerprint) %}
    {%- if execute and is_incremental() -%}
        {%- set found = run_query(
            'select min(first_landed_run) from (' ~ ledgerline.new_syncs(fingerprint) ~ ') as syncs'
        ).columns[0].values()[0] -%}
        {{ return(found if found is not none else 0) }}
    {%- endif -%}
    {{ return(0) }}
{% endmacro %}

{#- What an export says of a video, with its types. -#}
{% macro snapshot_columns() %}
    {{ return([
        ('handle_key', 'varchar'), ('tiktok_handle', 'varchar'), ('video_url', 'varchar'), ('video_title', 'varchar'),
        ('quality_flags', 'varchar'), ('views', 'bigint'), ('likes', 'bigint'), ('comments', 'bigint'),
        ('sales_dollars', 'decimal(18, 2)'), ('sales_units', 'bigint'), ('ctr', 'decimal(9, 2)'), ('post_date', 'date'),
    ]) }}
{% endmacro %}
