{#- The KPIs of the funnel: what adds up, and the ratios that follow from it, the same for a day and for a period. -#}

{#- Counts that add up, and where `int_funnel_days_summed` takes each from. -#}
{% macro funnel_counts() -%}
    {%- set measures = [] -%}
    {%- for relation, names in [
        ('leads', ['leads', 'paid_leads', 'organic_leads', 'other_leads']),
        ('orders', [
            'orders', 'plus_sales', 'paid_plus_sales', 'organic_plus_sales', 'other_plus_sales', 'nonzero_plus_sales',
            'extra_journals', 'extra_shipping', 'trial_sales', 'high_ticket_sales',
        ]),
        ('clicks', ['welcome_clicks']),
    ] -%}
        {%- for name in names -%}{%- do measures.append({'relation': relation, 'name': name}) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{#- Amounts that add up, and where `int_funnel_days_summed` takes each from. -#}
{% macro funnel_amounts() -%}
    {%- set measures = [] -%}
    {%- for relation, names in [
        ('orders', ['revenue_amount', 'plus_revenue_amount', 'high_ticket_amount']),
        ('ads', ['meta_spend_amount', 'google_spend_amount', 'lead_sales_spend_amount']),
        ('changes', ['gross_sales_amount']),
        ('refunds', ['refund_amount']),
    ] -%}
        {%- for name in names -%}{%- do measures.append({'relation': relation, 'name': name}) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{#- Sums over the days of a group, under the names of the days' own. -#}
{% macro summed_funnel_days() -%}
    {%- for measure in ledgerline.funnel_counts() -%}
        cast(coalesce(sum({{ measure.name }}), 0) as bigint) as {{ measure.name }},
        {% endfor -%}
    {%- for measure in ledgerline.funnel_amounts() -%}
        cast(coalesce(sum({{ measure.name }}), 0) as decimal(18, 2)) as {{ measure.name }},
        {% endfor -%}
    cast(coalesce(sum(plus_sales_in_currency), 0) as bigint) as plus_sales_in_currency,
        cast(coalesce(sum(nonzero_plus_sales_in_currency), 0) as bigint) as nonzero_plus_sales_in_currency
{%- endmacro %}

{#- Every KPI from the sums of a day or period. Ratios come from the sums, rounded once; NULL over 0. -#}
{% macro funnel_kpis() -%}
    {%- set spend = '(meta_spend_amount + google_spend_amount)' -%}
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
        cast(plus_revenue_amount - {{ spend }} as decimal(18, 2)) as profit_amount,
        {{ ledgerline.amount_per('revenue_amount', 'nonzero_plus_sales_in_currency') }} as aov_nonzero_amount,
        {{ ledgerline.amount_per('revenue_amount', 'plus_sales_in_currency') }} as aov_all_amount,
        {{ ledgerline.amount_per('plus_revenue_amount', 'nonzero_plus_sales_in_currency') }} as aov_plus_amount,
        welcome_clicks,
        {{ ledgerline.percent_of_counts('welcome_clicks', 'leads') }} as welcome_click_percent,
        gross_sales_amount,
        refund_amount,
        cast(gross_sales_amount - refund_amount as decimal(18, 2)) as net_sales_amount
{%- endmacro %}

{#- Measures of the relations of `int_funnel_days_summed`; 0 on days on which nothing happened. -#}
{% macro filled_measures(measures, data_type) -%}
    {%- for measure in measures -%}
        cast(coalesce({{ measure.relation }}.{{ measure.name }}, 0) as {{ data_type }}) as {{ measure.name }}
        {{- ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The measure of a day that a column names; NULL for one that does not add up. -#}
{% macro measure_named(name, days) -%}
    case {{ name }}
        {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() %}
        when '{{ measure.name }}' then {{ days }}.{{ measure.name }}
        {%- endfor %}
        when 'journals' then {{ days }}.plus_sales + {{ days }}.extra_journals
        when 'spend_amount' then {{ days }}.meta_spend_amount + {{ days }}.google_spend_amount
        when 'net_sales_amount' then {{ days }}.gross_sales_amount - {{ days }}.refund_amount
    end
{%- endmacro %}

{#- The names that `measure_named` knows, as literals. -#}
{% macro measure_names() -%}
    {%- for measure in ledgerline.funnel_counts() + ledgerline.funnel_amounts() -%}'{{ measure.name }}', {% endfor -%}
    'journals', 'spend_amount', 'net_sales_amount'
{%- endmacro %}

{#- One check of every day: a measure of the days beside what a relation of parts sums to. -#}
{% macro kpi_check(check_name, expected, parts, actual) -%}
    select
        days.organization_id,
        days.date,
        '{{ check_name }}' as check_name,
        cast({{ expected }} as decimal(18, 2)) as expected_amount,
        cast(coalesce({{ parts }}.{{ actual }}, 0) as decimal(18, 2)) as actual_amount
    from days
    left join {{ parts }}
        on days.organization_id = {{ parts }}.organization_id and days.date = {{ parts }}.date
{%- endmacro %}
