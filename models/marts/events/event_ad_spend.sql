with

events as (

    select * from {{ ref('int_ticketing_events_defined') }}

),

daily_sales as (

    select * from {{ ref('view_event_daily_sales') }}

),

inputs as (

    select * from {{ ref('int_event_inputs_delivered') }}

),

ads as (

    select * from {{ ref('ad_performance') }}
    where spend is not null

),

campaigns as (

    select
        events.organization_id,
        events.event_key,
        events.currency,
        events.as_of_date,
        campaigns.ad_platform,
        lower({{ ledgerline.trimmed('campaigns.campaign_name') }}) as campaign_name,
        campaigns.share_percent,
        row_number() over (
            partition by
                events.event_key, campaigns.ad_platform,
                lower({{ ledgerline.trimmed('campaigns.campaign_name') }})
            order by
                campaigns.changed_at desc,
                {{ ledgerline.by_bytes('campaigns.source_file') }} desc,
                campaigns.source_row desc
        ) as version_rank
    from {{ ref('stg_ticketing__event_campaigns') }} as campaigns
    inner join events on campaigns.event_key = events.event_key
    where
        campaigns.folder_organization_id in ('', events.organization_id)
        and campaigns.changed_at <= {{ ledgerline.as_of_instant() }}

),

spent as (

    select
        campaigns.organization_id,
        campaigns.event_key,
        ads.date,
        -- Cents times hundredths of a percent: whole numbers until the last step.
        sum(
            case
                when ads.currency = campaigns.currency
                    then {{ ledgerline.to_cents('ads.spend') }} * {{ ledgerline.to_cents('campaigns.share_percent') }}
                else 0
            end
        ) as spend_share,
        count(case when ads.currency <> campaigns.currency then 1 end) as other_currency_rows
    from campaigns
    inner join ads
        on
            campaigns.organization_id = ads.organization_id
            and campaigns.ad_platform = ads.platform
            and campaigns.campaign_name = lower({{ ledgerline.trimmed('ads.campaign_name') }})
    where
        campaigns.version_rank = 1
        and ads.date <= campaigns.as_of_date
    group by campaigns.organization_id, campaigns.event_key, ads.date

),

joined as (

    select
        spent.organization_id,
        spent.event_key,
        spent.date,
        {{ ledgerline.amount_from_cents_ratio('spent.spend_share', '10000') }} as spend_amount,
        spent.other_currency_rows,
        case when inputs.knows_tickets then coalesce(daily_sales.tickets, 0) end as tickets,
        case when inputs.knows_money then coalesce(daily_sales.amount, 0) end as amount
    from spent
    inner join inputs on spent.event_key = inputs.event_key
    left join daily_sales
        on
            spent.event_key = daily_sales.event_key
            and spent.date = daily_sales.date

),

final as (

    select
        -- ids
        organization_id,
        event_key,
        date,

        -- numerics
        spend_amount,
        cast(other_currency_rows as integer) as other_currency_rows,
        cast(tickets as integer) as tickets,
        cast(amount as decimal(18, 2)) as amount,
        {{ ledgerline.amount_per('spend_amount', 'tickets') }} as cost_per_ticket_amount,
        {{ ledgerline.exact_ratio('amount', 'spend_amount') }} as return_on_ad_spend

    from joined

)

select * from final
