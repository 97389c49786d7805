{#- The KPIs of the funnel: what adds up, and the ratios that follow from it, the same for a day and for a period. -#}

{#- Counts that add up, where `int_funnel_days_summed` takes each from, and by which column of
    `int_funnel_inputs_delivered` it is known at all. -#}
{% macro funnel_counts() -%}
    {%- set measures = [] -%}
    {%- for relation, known, names in [
        ('leads', 'has_leads', ['leads', 'paid_leads', 'organic_leads', 'other_leads']),
        ('orders', 'has_orders', ['orders']),
        ('orders', 'has_roles', [
            'plus_sales', 'paid_plus_sales', 'organic_plus_sales', 'other_plus_sales', 'nonzero_plus_sales',
            'extra_journals', 'extra_shipping', 'trial_sales',
        ]),
        ('orders', 'has_high_ticket', ['high_ticket_sales']),
        ('clicks', 'has_events', ['welcome_clicks']),
    ] -%}
        {%- for name in names -%}
            {%- do measures.append({'relation': relation, 'known': known, 'name': name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{#- Amounts that add up, where `int_funnel_days_summed` takes each from, and by what it is known. -#}
{% macro funnel_amounts() -%}
    {%- set measures = [] -%}
    {%- for relation, known, names in [
        ('orders', 'has_orders', ['revenue_amount']),
        ('orders', 'has_roles', ['plus_revenue_amount']),
        ('renewals', 'has_invoices', ['renewal_revenue_amount']),
        ('orders', 'has_high_ticket', ['high_ticket_amount']),
        ('ads', 'has_meta', ['meta_spend_amount']),
        ('ads', 'has_google', ['google_spend_amount']),
        ('ads', 'has_campaign_types', ['lead_sales_spend_amount']),
        ('changes', 'has_orders', ['gross_sales_amount']),
        ('refunds', 'has_orders', ['refund_amount']),
    ] -%}
        {%- for name in names -%}
            {%- do measures.append({'relation': relation, 'known': known, 'name': name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{#- Counts that only averages need: in the currency of every KPI alone. -#}
{% macro funnel_divisors() -%}
    {{ return([
        {'relation': 'orders', 'known': 'has_roles', 'name': 'plus_sales_in_currency'},
        {'relation': 'orders', 'known': 'has_roles', 'name': 'nonzero_plus_sales_in_currency'},
    ]) }}
{%- endmacro %}

{#- Sums over the days of a group, under the names of the days' own; NULL where there is no day. -#}
{% macro summed_funnel_days() -%}
    {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() + ledgerline.funnel_divisors() -%}
        sum({{ measure.name }}) as {{ measure.name }}{{ ',
        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What both platforms say was spent, or the one that the organization has; NULL where it has neither. -#}
{% macro spend_of_platforms(relation='') -%}
    {%- set meta = relation ~ 'meta_spend_amount' -%}
    {%- set google = relation ~ 'google_spend_amount' -%}
    (coalesce({{ meta }} + {{ google }}, {{ meta }}, {{ google }}))
{%- endmacro %}

{#- Every KPI from the sums of a day or period. Ratios come from the sums, rounded once; NULL over 0. -#}
{% macro funnel_kpis() -%}
    {%- set spend = ledgerline.spend_of_platforms() -%}
    leads,
        paid_leads,
        organic_leads,
        other_leads,
        orders,
        revenue_amount,
        plus_sales,
        paid_plus_sales,
        organic_plus_sales,
        other_plus_sales,
        nonzero_plus_sales,
        plus_revenue_amount,
        renewal_revenue_amount,
        extra_journals,
        extra_shipping,
        plus_sales + extra_journals as journals,
        trial_sales,
        high_ticket_sales,
        high_ticket_amount,
        meta_spend_amount,
        google_spend_amount,
        cast({{ spend }} as decimal(18, 2)) as spend_amount,
        lead_sales_spend_amount,
        {{ ledgerline.amount_per('lead_sales_spend_amount', 'paid_leads') }} as cpl_ads_amount,
        {{ ledgerline.amount_per('lead_sales_spend_amount', 'paid_plus_sales') }} as cpp_ads_amount,
        {{ ledgerline.amount_per(spend, 'leads') }} as true_cpl_amount,
        {{ ledgerline.amount_per(spend, 'plus_sales') }} as true_cpp_amount,
        {{ ledgerline.exact_ratio('revenue_amount', spend) }} as roas,
        {{ ledgerline.percent_of_counts('plus_sales', 'leads') }} as conversion_percent,
        cast(revenue_amount - {{ spend }} as decimal(18, 2)) as profit_amount,
        {{ ledgerline.amount_per('revenue_amount', 'nonzero_plus_sales_in_currency') }} as aov_nonzero_amount,
        {{ ledgerline.amount_per('revenue_amount', 'plus_sales_in_currency') }} as aov_all_amount,
        {{ ledgerline.amount_per('plus_revenue_amount', 'nonzero_plus_sales_in_currency') }} as aov_plus_amount,
        welcome_clicks,
        {{ ledgerline.percent_of_counts('welcome_clicks', 'leads') }} as welcome_click_percent,
        gross_sales_amount,
        refund_amount,
        cast(gross_sales_amount - refund_amount as decimal(18, 2)) as net_sales_amount
{%- endmacro %}

{#- Measures, each of its own relation or all of one: 0 where nothing happened, NULL where the organization never
    delivered what would tell. -#}
{% macro filled_measures(measures, data_type, relation=none) -%}
    {%- for measure in measures -%}
        cast(
            case when delivered.{{ measure.known }} then coalesce({{ relation or measure.relation }}.{{ measure.name }}, 0) end
            as {{ data_type }}
        ) as {{ measure.name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A count or sum that is 0 where nothing happened, and NULL where it is not known. -#}
{% macro known_or_null(known, expression, data_type='bigint') -%}
    cast(case when {{ known }} then coalesce({{ expression }}, 0) end as {{ data_type }})
{%- endmacro %}

{#- The measure of a day that a column names; NULL for one that does not add up. -#}
{% macro measure_named(name, days) -%}
    case {{ name }}
        {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() %}
        when '{{ measure.name }}' then {{ days }}.{{ measure.name }}
        {%- endfor %}
        when 'journals' then {{ days }}.plus_sales + {{ days }}.extra_journals
        when 'spend_amount' then {{ ledgerline.spend_of_platforms(days ~ '.') }}
        when 'net_sales_amount' then {{ days }}.gross_sales_amount - {{ days }}.refund_amount
    end
{%- endmacro %}

{#- Whether the measure that a column names is known of an organization. -#}
{% macro is_measure_known(name) -%}
    case {{ name }}
        {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() %}
        when '{{ measure.name }}' then delivered.{{ measure.known }}
        {%- endfor %}
        when 'journals' then delivered.has_roles
        when 'spend_amount' then delivered.has_meta or delivered.has_google
        when 'net_sales_amount' then delivered.has_orders
    end
{%- endmacro %}

{#- The names that `measure_named` knows, as literals. -#}
{% macro measure_names() -%}
    {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() -%}'{{ measure.name }}', {% endfor -%}
    'journals', 'spend_amount', 'net_sales_amount'
{%- endmacro %}

{#- One check of every day: a measure of the days beside what a relation of parts sums to; both NULL where they are not
    known. -#}
{% macro kpi_check(check_name, expected, parts, actual, known) -%}
    select
        days.organization_id,
        days.date,
        '{{ check_name }}' as check_name,
        cast(case when delivered.{{ known }} then {{ expected }} end as decimal(18, 2)) as expected_amount,
        {{ ledgerline.known_or_null('delivered.' ~ known, parts ~ '.' ~ actual, 'decimal(18, 2)') }} as actual_amount
    from days
    inner join delivered
        on days.organization_id = delivered.organization_id
    left join {{ parts }}
        on days.organization_id = {{ parts }}.organization_id and days.date = {{ parts }}.date
{%- endmacro %}
