{#- The columns of the ledger of tier decisions, with their types. -#}
{% macro creator_decision_columns() %}
    {{ return([
        ('client_id', 'varchar'), ('handle_key', 'varchar'), ('vip_metric', 'varchar'), ('decision', 'varchar'),
        ('status', 'varchar'), ('basis', 'varchar'), ('tier_before', 'varchar'), ('tier_after', 'varchar'),
        ('decision_value', 'decimal(18, 2)'), ('required_value', 'decimal(18, 2)'), ('video_count', 'bigint'),
        ('video_sales', 'decimal(18, 2)'), ('video_units', 'bigint'), ('video_views', 'bigint'),
        ('adjustments_sales', 'decimal(18, 2)'), ('adjustments_units', 'bigint'), ('sync_date', 'date'),
        ('decided_at', 'timestamptz'), ('period_start', 'timestamptz'), ('tier_achieved_at_after', 'timestamptz'),
        ('window_start_after', 'timestamptz'), ('next_checkpoint_at_after', 'timestamptz'), ('seen_run', 'bigint'),
    ]) }}
{% endmacro %}

{#- The columns that are kept of each creator and day, with their types. -#}
{% macro creator_day_columns() %}
    {%- set columns = [] -%}
    {%- for type, names in (
        ('varchar', 'client_id handle_key vip_metric current_tier tier_state_source app_current_tier'
            ' projected_tier_at_checkpoint projected_tier_without_adjustments next_tier_name'),
        ('bigint', 'video_count total_video_units manual_adjustments_units pending_adjustments_units total_units'
            ' checkpoint_units_current checkpoint_videos_posted checkpoint_total_views checkpoint_total_likes'
            ' checkpoint_total_comments window_adjustments_units checkpoint_units_target next_tier_threshold_units'
            ' leaderboard_rank window_earned_units days_since_last_post'),
        ('decimal(18, 2)', 'total_video_sales manual_adjustments_total pending_adjustments_total total_sales'
            ' checkpoint_sales_current window_adjustments_total checkpoint_value checkpoint_sales_target'
            ' next_tier_threshold promotion_value window_earned_sales'),
        ('decimal(9, 2)', 'next_tier_percent'),
        ('boolean', 'is_admin is_auto_created app_tier_differs is_silent'),
        ('date', 'as_of_date first_video_date last_video_date'),
        ('timestamptz', 'tier_achieved_at window_start next_checkpoint_at checkpoint_progress_updated_at'),
    ) -%}
        {%- for name in names.split(' ') -%}
            {%- do columns.append((name, type)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{#- The columns of the missions that are kept, with their types. -#}
{% macro creator_mission_columns() %}
    {{ return([
        ('client_id', 'varchar'), ('handle_key', 'varchar'), ('mission_id', 'varchar'), ('title', 'varchar'),
        ('mission_type', 'varchar'), ('status', 'varchar'), ('target_value', 'decimal(18, 2)'),
        ('current_value', 'decimal(18, 2)'), ('is_after_decisions', 'boolean'), ('completed_at', 'timestamptz'),
        ('checkpoint_start', 'timestamptz'), ('checkpoint_end', 'timestamptz'), ('opened_at', 'timestamptz'),
        ('evaluated_at', 'timestamptz'),
    ]) }}
{% endmacro %}

{#- Whether two rows are one creator's mission in one window; no window counts as one. -#}
{% macro same_mission(one, another) -%}
    {{ one }}.client_id = {{ another }}.client_id
    and {{ one }}.handle_key = {{ another }}.handle_key
    and {{ one }}.mission_id = {{ another }}.mission_id
    and {{ ledgerline.instant_text(one ~ '.checkpoint_start') }}
    = {{ ledgerline.instant_text(another ~ '.checkpoint_start') }}
{%- endmacro %}

{#- A select of some columns, given with their types, without any row: what a recorded table begins as. -#}
{% macro no_rows_of(columns) %}
select
    {% for column in columns -%}
    cast(null as {{ column[1] }}) as {{ column[0] }}{{ ',' if not loop.last }}
    {% endfor -%}
where 1 = 0
{% endmacro %}

{#- Adds this run's decisions to the ledger. -#}
{% macro record_decisions() %}
    {{ ledgerline.insert_all(
        ref('int_creators__decisions_recorded'), ledgerline.creator_decision_columns(), this
    ) }}
{% endmacro %}

{#- Keeps that this run decided, where there is anybody to decide of. -#}
{% macro record_run() %}
insert into {{ ref('int_creators__runs_recorded') }} (as_of)
select run.as_of
from {{ ref('int_creators__run_opened') }} as run
where
    run.is_deciding
    and exists (select 1 from {{ ref('int_creators__clients_known') }})
    and not exists (select 1 from {{ ref('int_creators__runs_recorded') }} as known where known.as_of = run.as_of)
{% endmacro %}

{#- Takes out the missions that this run looked at; `record_missions` puts them back as they are now. -#}
{% macro forget_missions() %}
delete from {{ ref('int_creators__missions_recorded') }} as target
where exists (select 1 from {{ this }} as looked where {{ ledgerline.same_mission('target', 'looked') }})
{% endmacro %}

{% macro record_missions() %}
    {{ ledgerline.insert_all(ref('int_creators__missions_recorded'), ledgerline.creator_mission_columns(), this) }}
{% endmacro %}

{#- Takes out what an earlier run of the day said; `record_day` puts in what this one does. A look back does neither. -#}
{% macro forget_day() %}
delete from {{ ref('int_creators__users_recorded') }}
where
    as_of_date = {{ ledgerline.as_of_utc_day() }}
    and exists (select 1 from {{ ref('int_creators__run_opened') }} as run where run.is_deciding)
{% endmacro %}

{% macro record_day() %}
    {{ ledgerline.insert_all(ref('int_creators__users_recorded'), ledgerline.creator_day_columns(), this) }}
    where exists (select 1 from {{ ref('int_creators__run_opened') }} as run where run.is_deciding)
{% endmacro %}

{#- Adds the rows of one relation to another, column by column. -#}
{% macro insert_all(target_relation, columns, rows) %}
    {%- set names = columns | map(attribute=0) | join(', ') -%}
    insert into {{ target_relation }} ({{ names }})
    select {{ names }} from {{ rows }}
{%- endmacro %}
