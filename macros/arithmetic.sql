{#- A whole-number type wide enough for products of cents and percents. -#}
{% macro wide_integer() -%}
    {{ return(adapter.dispatch('wide_integer', 'ledgerline')()) }}
{%- endmacro %}

{% macro default__wide_integer() -%}
    numeric(38, 0)
{%- endmacro %}

{% macro duckdb__wide_integer() -%}
    hugeint
{%- endmacro %}

{#- An amount in integer cents. -#}
{% macro to_cents(amount) -%}
    cast({{ amount }} * 100 as {{ ledgerline.wide_integer() }})
{%- endmacro %}

{#- Whole-number division, truncated: `/` does that on some engines and makes a double on others. Both must be of a
    whole-number type: of decimals DuckDB's `//` makes a double too. -#}
{% macro divide_integers(numerator, denominator) -%}
    {{ return(adapter.dispatch('divide_integers', 'ledgerline')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__divide_integers(numerator, denominator) -%}
    div(cast({{ numerator }} as numeric), {{ denominator }})
{%- endmacro %}

{% macro duckdb__divide_integers(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{#- A ratio of two whole numbers rounded half away from zero on its exact value; NULL over 0. -#}
{% macro rounded_ratio(numerator, denominator) -%}
    (
        case when ({{ numerator }} < 0) <> ({{ denominator }} < 0) then -1 else 1 end
        * {{ ledgerline.divide_integers(
            '2 * abs(' ~ numerator ~ ') + abs(' ~ denominator ~ ')', 'nullif(2 * abs(' ~ denominator ~ '), 0)'
        ) }}
    )
{%- endmacro %}

{#- Money from a ratio of whole numbers of cents, exact and rounded to the cent. -#}
{% macro amount_from_cents_ratio(numerator, denominator) -%}
    cast(cast({{ ledgerline.rounded_ratio(numerator, denominator) }} as decimal(38, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}

{#- Money per unit, to the cent: what a ticket brought on average. NULL where there is no unit. -#}
{% macro amount_per(amount, units) -%}
    {{ ledgerline.amount_from_cents_ratio(ledgerline.to_cents(amount), units) }}
{%- endmacro %}

{#- A share times 100 as a double, not rounded; NULL where the whole is 0 or unknown. -#}
{% macro percent_of(part, whole) -%}
    cast(100 * ({{ part }}) as double precision) / nullif(cast({{ whole }} as double precision), 0)
{%- endmacro %}

{#- A sum that is unknown as soon as one row lacks it. -#}
{% macro complete_sum(expression, data_type) -%}
    cast(case when count({{ expression }}) = count(*) then coalesce(sum({{ expression }}), 0) end as {{ data_type }})
{%- endmacro %}

{#- A ratio of two amounts with four decimals, exact and rounded half away from zero; NULL over 0. -#}
{% macro exact_ratio(part, whole) -%}
    cast(
        cast({{ ledgerline.rounded_ratio(
            '10000 * ' ~ ledgerline.to_cents(part), ledgerline.to_cents(whole)
        ) }} as decimal(18, 0)) * 0.0001 as decimal(18, 4)
    )
{%- endmacro %}
