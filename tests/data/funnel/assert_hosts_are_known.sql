{{ config(severity='warn') }}

-- A warning, since what comes from them is kept, as `other`: hosts of opt-ins and orders that `funnel_hosts` does not
-- have. Returns each with its number of rows.
with

urls as (

    select
        organization_id,
        {{ ledgerline.url_host('comment') }} as host
    from {{ ref('int_analytics_events_identified') }}
    where name = 'form.submitted'

    union all

    select
        organization_id,
        {{ ledgerline.url_host('funnel_name') }} as host
    from {{ ref('int_orders_settled') }}
    where funnel_name like '%://%'

)

select
    urls.organization_id,
    urls.host,
    count(*) as row_count
from urls
left join {{ ref('stg_settings__funnel_hosts') }} as hosts
    on urls.host = {{ ledgerline.url_host('hosts.host') }}
where urls.host is not null and hosts.host is null
group by urls.organization_id, urls.host
