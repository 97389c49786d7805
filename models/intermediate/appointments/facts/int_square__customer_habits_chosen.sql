-- When, with whom and for what customers come most: highest count, then latest visit, then least value.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

-- Every habit's values with their counts. Each reads visits or their segments for itself: what is read in several
-- places an engine may copy first, with all its columns.
{% set habits = [
    ('weekday', 'int_square__bookings_placed', 'cast(extract(dow from local_start) as integer)'),
    ('hour_local', 'int_square__bookings_placed', 'cast(extract(hour from local_start) as integer)'),
    ('team_member_id', 'int_square__segments_valued', 'team_member_id'),
    ('service_variation_id', 'int_square__segments_valued', 'service_variation_id')
] -%}
{% for habit, rows, value in habits -%}
{{ habit }}_counts as (

    select
        customer_number,
        {{ value }} as {{ habit }},
        count(*) as times,
        max(start_at) as last_at
    from {{ ref(rows) }}
    where customer_number in (select customer_number from changed) and is_visit and {{ value }} is not null
    group by customer_number, {{ value }}

),

{{ habit }}_chosen as (

    select
        customer_number,
        {{ ledgerline.first_by(habit, [
            '-times', ledgerline.latest_first('last_at'),
            ledgerline.by_bytes(habit) if habit.endswith('_id') else habit
        ]) }} as {{ habit }},
        max(times) as times,
        count(*) as distinct_values,
        cast(sum(times) as bigint) as all_times
    from {{ habit }}_counts
    group by customer_number

),

{% endfor -%}

final as (

    select
        weekday_chosen.customer_number,
        weekday_chosen.weekday as preferred_weekday,
        hour_local_chosen.hour_local as preferred_hour_local,
        team_member_id_chosen.team_member_id as preferred_technician_id,
        service_variation_id_chosen.service_variation_id as preferred_service_variation_id,
        coalesce(team_member_id_chosen.distinct_values, 0) as distinct_technicians,
        coalesce(service_variation_id_chosen.distinct_values, 0) as distinct_services,
        team_member_id_chosen.times as preferred_technician_segments,
        team_member_id_chosen.all_times as technician_segments
    from weekday_chosen
    inner join hour_local_chosen on weekday_chosen.customer_number = hour_local_chosen.customer_number
    left join team_member_id_chosen on weekday_chosen.customer_number = team_member_id_chosen.customer_number
    left join service_variation_id_chosen
        on weekday_chosen.customer_number = service_variation_id_chosen.customer_number

)

select * from final
