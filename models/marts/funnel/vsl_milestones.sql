with

milestones as (

    select * from {{ ref('stg_settings__funnel_vsl_milestones') }}

),

delivered as (

    select * from {{ ref('int_funnel_inputs_delivered') }}

),

organizations as (

    select distinct organization_id
    from {{ ref('int_contacts_described') }}

),

signals as (

    select * from {{ ref('int_contact_signals_found') }}
    where rule = 'vsl'

),

purchases as (

    select * from {{ ref('int_contact_purchases_summed') }}
    where first_plus_at is not null

),

watched as (

    select
        signals.organization_id,
        signals.number as milestone_percent,
        count(*) as viewers,
        count(purchases.contact_id) as buyers
    from signals
    left join purchases
        on signals.organization_id = purchases.organization_id and signals.contact_id = purchases.contact_id
    group by signals.organization_id, signals.number

),

counted as (

    select
        organizations.organization_id,
        milestones.milestone_percent,
        {{ ledgerline.known_or_null('delivered.has_events', 'watched.viewers') }} as viewers,
        {{ ledgerline.known_or_null('delivered.has_events and delivered.has_roles', 'watched.buyers') }} as buyers,
        lag({{ ledgerline.known_or_null('delivered.has_events', 'watched.viewers') }}) over (
            partition by organizations.organization_id order by milestones.milestone_percent
        ) as previous_viewers
    from organizations
    inner join delivered
        on organizations.organization_id = delivered.organization_id
    cross join milestones
    left join watched
        on
            organizations.organization_id = watched.organization_id
            and milestones.milestone_percent = watched.milestone_percent

),

final as (

    select
        organization_id,
        milestone_percent,
        viewers,
        previous_viewers,
        {{ ledgerline.percent_of_counts('(previous_viewers - viewers)', 'previous_viewers') }} as drop_off_percent,
        buyers,
        {{ ledgerline.percent_of_counts('buyers', 'viewers') }} as conversion_percent
    from counted

)

select * from final
