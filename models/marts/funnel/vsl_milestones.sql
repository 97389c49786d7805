with

milestones as (

    select * from {{ ref('stg_settings__funnel_vsl_milestones') }}

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
        cast(coalesce(watched.viewers, 0) as bigint) as viewers,
        cast(coalesce(watched.buyers, 0) as bigint) as buyers,
        cast(
            lag(coalesce(watched.viewers, 0)) over (
                partition by organizations.organization_id order by milestones.milestone_percent
            ) as bigint
        ) as previous_viewers
    from organizations
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
