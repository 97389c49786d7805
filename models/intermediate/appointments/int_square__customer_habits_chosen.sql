-- Where, when, with whom and for what touched customers come most: highest count, then latest visit, then least value.
with

touched as (

    select
        organization_id,
        canonical_customer_id
    from {{ ref('int_square__customers_touched') }}

),

visits as (

    select
        bookings.organization_id,
        bookings.canonical_customer_id,
        nullif(bookings.location_id, 'UNKNOWN') as location_id,
        cast(extract(dow from bookings.local_start) as integer) as weekday,
        cast(extract(hour from bookings.local_start) as integer) as hour_local,
        bookings.start_at
    from {{ ref('int_square__bookings_placed') }} as bookings
    inner join touched
        on
            bookings.organization_id = touched.organization_id
            and bookings.canonical_customer_id = touched.canonical_customer_id
    where bookings.is_visit

),

segments as (

    select segments.*
    from {{ ref('int_square__segments_valued') }} as segments
    inner join touched
        on
            segments.organization_id = touched.organization_id
            and segments.canonical_customer_id = touched.canonical_customer_id
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
        organization_id,
        canonical_customer_id,
        {{ value }},
        count(*) as times,
        max(start_at) as last_at
    from {{ rows }}
    where {{ value }} is not null
    group by organization_id, canonical_customer_id, {{ value }}

),

{{ habit }}_ranked as (

    select
        organization_id,
        canonical_customer_id,
        {{ value }},
        times,
        row_number() over (
            partition by organization_id, canonical_customer_id
            order by
                times desc, last_at desc,
                {{ ledgerline.by_bytes(value) if value.endswith('_id') else value }} asc
        ) as habit_rank,
        count(*) over (partition by organization_id, canonical_customer_id) as distinct_values,
        sum(times) over (partition by organization_id, canonical_customer_id) as all_times
    from {{ habit }}_counts

),

{% endfor -%}

everyone as (

    select
        organization_id,
        canonical_customer_id
    from weekday_counts

    union

    select
        organization_id,
        canonical_customer_id
    from technician_counts

    union

    select
        organization_id,
        canonical_customer_id
    from service_counts

),

final as (

    select
        everyone.organization_id,
        everyone.canonical_customer_id,
        location_ranked.location_id as preferred_location_id,
        weekday_ranked.weekday as preferred_weekday,
        hour_ranked.hour_local as preferred_hour_local,
        technician_ranked.team_member_id as preferred_technician_id,
        service_ranked.service_variation_id as preferred_service_variation_id,
        coalesce(technician_ranked.distinct_values, 0) as distinct_technicians,
        coalesce(service_ranked.distinct_values, 0) as distinct_services,
        technician_ranked.times as preferred_technician_segments,
        technician_ranked.all_times as technician_segments
    from
        everyone
    {%- for habit, rows, value in habits %}
left join {{ habit }}_ranked
    on
        everyone.organization_id = {{ habit }}_ranked.organization_id
        and everyone.canonical_customer_id = {{ habit }}_ranked.canonical_customer_id
        and {{ habit }}_ranked.habit_rank = 1
    {%- endfor %}

)

select * from final
