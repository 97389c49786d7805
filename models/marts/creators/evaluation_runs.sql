-- depends_on: {{ ref('int_creators__decisions_made') }}
with

runs as (

    select * from {{ ref('int_creators__runs_recorded') }}

),

decided as (

    select
        {%- for status, name in (
            ('promoted', 'promoted'), ('maintained', 'maintained'),
            ('demoted', 'demoted'), ('app_change', 'app_changes'),
        ) %}
        count(case when status = '{{ status }}' then 1 end) as {{ name }},
        {%- endfor %}
        decided_at
    from {{ ref('int_creators__decisions_recorded') }}
    group by decided_at

),

final as (

    select
        runs.as_of,
        row_number() over (order by runs.as_of) as run_seq,
        coalesce(decided.promoted, 0) as promoted,
        coalesce(decided.maintained, 0) as maintained,
        coalesce(decided.demoted, 0) as demoted,
        coalesce(decided.app_changes, 0) as app_changes
    from runs
    left join decided on runs.as_of = decided.decided_at

)

select * from final
