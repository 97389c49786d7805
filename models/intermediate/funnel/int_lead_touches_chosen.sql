-- What brought each lead: the first touch, the last, and the ad. A touch is taken whole.
with

leads as (

    select * from {{ ref('int_leads_classified') }}

),

contacts as (

    select * from {{ ref('int_contacts_described') }}

),

submissions as (

    select
        submissions.*,
        identities.contact_id
    from {{ ref('int_form_submissions_merged') }} as submissions
    inner join {{ ref('int_contact_identities_resolved') }} as identities
        on submissions.identity_number = identities.identity_number

),

ads as (

    select
        *,
        row_number() over (
            partition by organization_id, ad_id
            order by
                date desc,
                {{ ledgerline.by_bytes('platform') }},
                {{ ledgerline.by_bytes('campaign_key') }},
                {{ ledgerline.by_bytes('adset_key') }}
        ) as ad_rank
    from {{ ref('int_ads_classified') }}
    where ad_id is not null

),

ranked_submissions as (

    select
        *,
        row_number() over (
            partition by organization_id, contact_id order by submitted_at, {{ ledgerline.by_bytes('submission_id') }}
        ) as submission_rank
    from submissions

),

submitted as (

    select
        organization_id,
        contact_id,
        {{ ledgerline.newest_known("touch || chr(31) || coalesce(url, '')", 'submission_rank') }} as first_touch,
        {{ ledgerline.newest_known('touch', '-submission_rank') }} as last_touch,
        {{ ledgerline.newest_known('ad_id', '-submission_rank') }} as ad_id
    from ranked_submissions
    group by organization_id, contact_id

),

touched as (

    select
        leads.organization_id,
        leads.contact_id,
        coalesce(contacts.first_touch, submitted.first_touch) as first_touch,
        coalesce(contacts.last_touch, contacts.attribute_touch, submitted.last_touch) as last_touch,
        coalesce(submitted.ad_id, contacts.ad_id) as ad_id
    from leads
    left join contacts
        on leads.organization_id = contacts.organization_id and leads.contact_id = contacts.contact_id
    left join submitted
        on leads.organization_id = submitted.organization_id and leads.contact_id = submitted.contact_id

),

split as (

    select
        organization_id,
        contact_id,
        {{ ledgerline.touch_columns('first_touch', 'first_') }},
        nullif(split_part(first_touch, chr(31), 6), '') as first_landing_page,
        {{ ledgerline.touch_columns('last_touch', 'last_') }},
        ad_id
    from touched

),

typed_campaigns as (

    {{ ledgerline.typed_campaigns('split', 'last_utm_campaign') }}

),

final as (

    select
        split.*,
        ads.platform as ad_platform,
        ads.campaign_name as ad_campaign_name,
        case
            when ads.ad_id is not null then ads.campaign_type
            when split.last_utm_campaign is not null then coalesce(typed_campaigns.campaign_type, 'other')
        end as campaign_type
    from split
    left join ads
        on
            split.organization_id = ads.organization_id
            and split.ad_id = ads.ad_id
            and ads.ad_rank = 1
    left join typed_campaigns
        on
            split.last_utm_campaign = typed_campaigns.last_utm_campaign
            and typed_campaigns.type_rank = 1

)

select * from final
