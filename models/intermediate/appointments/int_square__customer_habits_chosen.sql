-- Where, when, with whom and for what touched customers come most: highest count, then latest visit, then least value.
with

touched as (

    select customer_number from {{ ref('int_square__customers_touched') }}

),

visits as (

    select
        bookings.customer_number,
        nullif(bookings.location_id, 'UNKNOWN') as location_id,
        cast(extract(dow from bookings.local_start) as integer) as weekday,
        cast(extract(hour from bookings.local_start) as integer) as hour_local,
        bookings.start_at
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched on bookings.customer_number = touched.customer_number
    where bookings.is_visit

),

segments as (

    select segments.*
    from {{ ref('int_square__segments_valued') }} as segments
    inner join touched on segments.customer_number = touched.customer_number
    where segments.is_visit

),

-- Every habit's values with their counts; each row of visits and segments is read once per habit.
{% set habits = [
    ('location', 'visits', 'location_id'), ('weekday', 'visits', 'weekday'), ('hour', 'visits', 'hour_local'),
    ('technician', 'segments', 'team_member_id'), ('service', 'segments', 'service_variation_id')
] -%}
{% for habit, rows, value in habits -%}
{{ habit }}_counts as (

    select
        customer_number,
        {{ value }},
        count(*) as times,
        max(start_at) as last_at
    from {{ rows }}
    where {{ value }} is not null
    group by customer_number, {{ value }}

),

{{ habit }}_chosen as (

    select
        customer_number,
        {{ ledgerline.first_by(value, [
            '-times', ledgerline.microseconds_between('last_at', ledgerline.as_of_instant()),
            ledgerline.by_bytes(value) if value.endswith('_id') else value
        ]) }} as {{ value }},
        max(times) as times,
        count(*) as distinct_values,
        cast(sum(times) as bigint) as all_times
    from {{ habit }}_counts
    group by customer_number

),

{% endfor -%}

everyone as (

    select customer_number from weekday_chosen

    union

    select customer_number from technician_chosen

    union

    select customer_number from service_chosen

),

final as (

    select
        everyone.customer_number,
        location_chosen.location_id as preferred_location_id,
        weekday_chosen.weekday as preferred_weekday,
        hour_chosen.hour_local as preferred_hour_local,
        technician_chosen.team_member_id as preferred_technician_id,
        service_chosen.service_variation_id as preferred_service_variation_id,
        coalesce(technician_chosen.distinct_values, 0) as distinct_technicians,
        coalesce(service_chosen.distinct_values, 0) as distinct_services,
        technician_chosen.times as preferred_technician_segments,
        technician_chosen.all_times as technician_segments
    from
        everyone
    {%- for habit, rows, value in habits %}
left join {{ habit }}_chosen on everyone.customer_number = {{ habit }}_chosen.customer_number
    {%- endfor %}

)

select * from final
