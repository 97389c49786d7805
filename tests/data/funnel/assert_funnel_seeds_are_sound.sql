-- What a marketer edits is usable: hosts that are hosts, each once; channels, roles, rules and goals that the models
-- know, challenges and goals that do not end before they start. Returns the rows that are not, with what is wrong.
with

goals as (

    select * from {{ ref('stg_settings__funnel_goals') }}

)

select
    'funnel_hosts' as seed,
    min(host) as found,
    'expected each host once, as shop.example' as problem
from {{ ref('stg_settings__funnel_hosts') }}
group by {{ ledgerline.url_host('host') }}
having count(*) > 1 or {{ ledgerline.url_host('host') }} is null

union all

select
    'funnel_goals' as seed,
    goal as found,
    'expected a KPI that adds up' as problem
from goals
where goal not in ({{ ledgerline.measure_names() }})

union all

select
    'funnel_goals' as seed,
    goal as found,
    'ends before it starts' as problem
from goals
where ends_on < starts_on

union all

select
    'funnel_event_rules' as seed,
    rule as found,
    'expected lead, bot_alert, welcome_click, vsl or attended' as problem
from {{ ref('stg_settings__funnel_event_rules') }}
where rule not in ('lead', 'bot_alert', 'welcome_click', 'vsl', 'attended')

union all

select
    'funnel_product_roles' as seed,
    role as found,
    'expected plus, extra_journal, shipping, trial or coaching' as problem
from {{ ref('stg_settings__funnel_product_roles') }}
where role not in ('plus', 'extra_journal', 'shipping', 'trial', 'coaching') or match_on not in ('product_id', 'name')

union all

select
    'funnel_hosts' as seed,
    channel as found,
    'expected paid, organic or other' as problem
from {{ ref('stg_settings__funnel_hosts') }}
where channel not in ('paid', 'organic', 'other')
