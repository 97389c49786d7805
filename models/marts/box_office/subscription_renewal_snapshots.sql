with

renewals as (

    select * from {{ ref('stg_box_office__package_renewals') }}
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

categories as (

    select * from {{ ref('stg_settings__box_office_categories') }}

),

split as (

    select
        *,
        {{ first_group('package_name', "'^(.*?) ?Split(?: |$)'") }} as split_group,
        {{ matches('package_name', "'(^| )Split( |$)'") }} as is_split_line
    from renewals

),

-- One subscriber of a split package stands on several lines; the first of them carries the most seats once.
ranked as (

    select
        *,
        max(total_pkg_seats) over (
            partition by organization_id, source_hash, season, category, package_type, is_split_line, split_group
        ) as largest_pkg_seats,
        row_number() over (
            partition by organization_id, source_hash, season, category, package_type, is_split_line, split_group
            order by {{ by_bytes('package_name') }}
        ) as split_rank
    from split

),

final as (

    select
        ranked.organization_id,
        ranked.season,
        coalesce(categories.category, ranked.category) as category,
        ranked.package_type,
        ranked.package_name,
        case when ranked.is_split_line then coalesce({{ ledgerline.trimmed('ranked.split_group') }}, '') end
            as split_group,
        ranked.source_file,
        ranked.new_pkg_seats,
        ranked.new_amount,
        ranked.renewed_pkg_seats,
        ranked.renewed_amount,
        ranked.total_pkg_seats,
        ranked.total_amount,
        case
            when not ranked.is_split_line then ranked.total_pkg_seats
            when ranked.split_rank = 1 then ranked.largest_pkg_seats
            else 0
        end as unique_pkg_seats,
        ranked.ticket_price_only,
        ranked.is_split_line,
        ranked.snapshot_date
    from ranked
    left join categories
        on
            {{ ledgerline.plain_word('ranked.category') }}
            = {{ ledgerline.plain_word('categories.printed_category') }}

)

select * from final
