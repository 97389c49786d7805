with

package_sales as (

    select * from {{ ref('stg_box_office__package_sales') }}
    where
        is_current
        and snapshot_date <= {{ box_office_as_of_day() }}

),

categories as (

    select * from {{ ref('stg_settings__box_office_categories') }}

),

final as (

    select
        package_sales.organization_id,
        package_sales.season,
        coalesce(categories.category, package_sales.category) as category,
        package_sales.package_type,
        package_sales.package_name,
        package_sales.source_file,
        package_sales.package_seats,
        package_sales.perf_seats,
        package_sales.total_amount,
        package_sales.paid_amount,
        package_sales.orders,
        package_sales.snapshot_date
    from package_sales
    left join categories
        on
            {{ ledgerline.plain_word('package_sales.category') }}
            = {{ ledgerline.plain_word('categories.printed_category') }}

)

select * from final
