-- What each performance is without any metadata change: the latest sales report's, else the latest price-type
-- report's, else a history file's, else what its code says. One row per code that anything knows.
with

snapshots as (

    select * from {{ ref('int_performance_snapshots_chosen') }}

),

price_types as (

    select * from {{ ref('stg_box_office__price_types') }}
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

history as (

    select * from {{ ref('stg_box_office__history') }}
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

changes as (

    select * from {{ ref('int_performance_metadata_changes_collected') }}

),

code_kinds as (

    select * from {{ ref('stg_settings__box_office_code_kinds') }}

),

series_patterns as (

    select * from {{ ref('stg_settings__box_office_series') }}

),

codes as (

    select
        organization_id,
        performance_code
    from snapshots

    union

    select
        organization_id,
        performance_code
    from price_types

    union

    select
        organization_id,
        performance_code
    from changes

),

ranked_reports as (

    select
        organization_id,
        performance_code,
        group_label,
        performance_date,
        performance_time,
        row_number() over (
            partition by organization_id, performance_code
            order by snapshot_date desc
        ) as report_rank
    from snapshots
    where is_printed

),

ranked_price_types as (

    select
        organization_id,
        performance_code,
        group_label,
        performance_date,
        performance_time,
        row_number() over (
            partition by organization_id, performance_code
            order by snapshot_date desc
        ) as report_rank
    from price_types

),

ranked_csv_titles as (

    select
        organization_id,
        performance_code,
        title,
        row_number() over (
            partition by organization_id, performance_code
            order by snapshot_date desc
        ) as row_rank
    from history
    where title is not null

),

ranked_csv_dates as (

    select
        organization_id,
        performance_code,
        performance_date,
        row_number() over (
            partition by organization_id, performance_code
            order by snapshot_date desc
        ) as row_rank
    from history
    where performance_date is not null

),

ranked_kinds as (

    select
        codes.organization_id,
        codes.performance_code,
        code_kinds.performance_kind,
        -- Six digits that stand alone in the code may be its date, year first.
        {{ first_group('codes.performance_code', "'(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)'") }} as code_digits,
        row_number() over (
            partition by codes.organization_id, codes.performance_code
            order by code_kinds.match_order
        ) as kind_rank
    from codes
    inner join code_kinds
        on {{ matches('codes.performance_code', 'code_kinds.code_pattern') }}

),

dated_codes as (

    select
        organization_id,
        performance_code,
        performance_kind,
        case
            when
                cast(substr(code_digits, 3, 2) as integer) between 1 and 12
                and cast(substr(code_digits, 5, 2) as integer) between 1
                and case
                    when substr(code_digits, 3, 2) in ('04', '06', '09', '11') then 30
                    when substr(code_digits, 3, 2) <> '02' then 31
                    when mod(cast(substr(code_digits, 1, 2) as integer), 4) = 0 then 29
                    else 28
                end
                then cast(
                    '20' || substr(code_digits, 1, 2)
                    || '-' || substr(code_digits, 3, 2)
                    || '-' || substr(code_digits, 5, 2) as date
                )
        end as code_date
    from ranked_kinds
    where kind_rank = 1

),

reported as (

    select
        dated_codes.organization_id,
        dated_codes.performance_code,
        dated_codes.performance_kind,
        coalesce(sales.group_label, prices.group_label) as label,
        coalesce(sales.performance_time, prices.performance_time) as performance_time,
        csv_titles.title as csv_title,
        coalesce(
            sales.performance_date, prices.performance_date, csv_dates.performance_date, dated_codes.code_date
        ) as base_performance_date
    from dated_codes
    left join ranked_reports as sales
        on
            dated_codes.organization_id = sales.organization_id
            and dated_codes.performance_code = sales.performance_code
            and sales.report_rank = 1
    left join ranked_price_types as prices
        on
            dated_codes.organization_id = prices.organization_id
            and dated_codes.performance_code = prices.performance_code
            and prices.report_rank = 1
    left join ranked_csv_titles as csv_titles
        on
            dated_codes.organization_id = csv_titles.organization_id
            and dated_codes.performance_code = csv_titles.performance_code
            and csv_titles.row_rank = 1
    left join ranked_csv_dates as csv_dates
        on
            dated_codes.organization_id = csv_dates.organization_id
            and dated_codes.performance_code = csv_dates.performance_code
            and csv_dates.row_rank = 1

),

-- A label opens with the two digits of its season.
labelled as (

    select
        *,
        regexp_replace(label, '^[0-9][0-9] ', '') as bare_label
    from reported

),

ranked_series as (

    select
        labelled.*,
        {{ first_group('labelled.bare_label', 'series_patterns.series_pattern') }} as base_series,
        row_number() over (
            partition by labelled.organization_id, labelled.performance_code
            order by series_patterns.match_order
        ) as series_rank
    from labelled
    left join series_patterns
        on {{ matches('labelled.bare_label', 'series_patterns.series_pattern') }}

),

final as (

    select
        *,
        coalesce(
            nullif({{ ledgerline.trimmed("substr(bare_label, length(coalesce(base_series, '')) + 1)") }}, ''),
            base_series,
            csv_title,
            performance_code
        ) as base_title
    from ranked_series
    where series_rank = 1

)

select * from final
