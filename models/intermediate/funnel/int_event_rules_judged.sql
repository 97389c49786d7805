-- Which rules of `funnel_event_rules` each name and value of an event meets, and the number in it: the percent watched,
-- the day attended. An empty group after each pattern stands in where it has none of its own.
with

events as (

    select * from {{ ref('int_analytics_events_identified') }}

),

rules as (

    select * from {{ ref('stg_settings__funnel_event_rules') }}

),

-- Names and values repeat by the million: each pair is judged once.
said as (

    select distinct
        name,
        value
    from events

),

judged as (

    select
        said.name,
        said.value,
        rules.rule,
        cast({{ ledgerline.first_group(
            "coalesce(said.name, '')", "'^(?:' || rules.name_pattern || ')$()'"
        ) }} as varchar) as number_in_name,
        cast({{ ledgerline.first_group(
            "coalesce(said.value, '')", "coalesce(rules.value_pattern, '') || '()'"
        ) }} as varchar) as number_in_value
    from said
    inner join rules
        on
            {{ ledgerline.matches("coalesce(said.name, '')", "'^(?:' || rules.name_pattern || ')$'") }}
            and (
                coalesce(rules.value_pattern, '') = ''
                or {{ ledgerline.matches("coalesce(said.value, '')", 'rules.value_pattern') }}
            )

),

final as (

    select
        name,
        value,
        rule,
        -- A rule may have several patterns.
        max({{ ledgerline.id_of_text('coalesce(number_in_value, number_in_name)') }}) as number
    from judged
    group by name, value, rule

)

select * from final
