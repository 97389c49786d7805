with

price_types as (

    select * from {{ ref('performance_price_type_snapshots') }}

),

sales as (

    select * from {{ ref('int_performance_snapshots_valued') }}
    where is_printed

),

performances as (

    select * from {{ ref('int_performances_described') }}

),

sales_dates as (

    select
        price_types.organization_id,
        price_types.performance_code,
        price_types.snapshot_date,
        max(sales.snapshot_date) as sales_snapshot_date
    from price_types
    left join sales
        on
            price_types.organization_id = sales.organization_id
            and price_types.performance_code = sales.performance_code
            and price_types.snapshot_date >= sales.snapshot_date
    group by price_types.organization_id, price_types.performance_code, price_types.snapshot_date

),

compared as (

    select
        price_types.organization_id,
        price_types.performance_code,
        price_types.total_tickets as price_type_tickets,
        sales.total_tickets_sold as sales_tickets,
        price_types.total_tickets - sales.total_tickets_sold as tickets_difference,
        price_types.total_revenue as price_type_revenue,
        sales.subtotal_revenue as sales_revenue,
        cast(price_types.total_revenue - sales.subtotal_revenue as decimal(18, 2)) as revenue_difference,
        price_types.snapshot_date as price_type_snapshot_date,
        sales_dates.sales_snapshot_date,
        performances.performance_date
    from price_types
    inner join sales_dates
        on
            price_types.organization_id = sales_dates.organization_id
            and price_types.performance_code = sales_dates.performance_code
            and price_types.snapshot_date = sales_dates.snapshot_date
    inner join performances
        on
            price_types.organization_id = performances.organization_id
            and price_types.performance_code = performances.performance_code
    left join sales
        on
            sales_dates.organization_id = sales.organization_id
            and sales_dates.performance_code = sales.performance_code
            and sales_dates.sales_snapshot_date = sales.snapshot_date

),

final as (

    select
        organization_id,
        performance_code,
        case
            when sales_snapshot_date is null then 'no_sales_snapshot'
            -- Two reports of different days agree only where nothing is sold any more.
            when
                sales_snapshot_date = price_type_snapshot_date or performance_date < sales_snapshot_date
                then case when tickets_difference = 0 and revenue_difference = 0 then 'match' else 'mismatch' end
            else 'not_comparable'
        end as status,
        price_type_tickets,
        sales_tickets,
        tickets_difference,
        price_type_revenue,
        sales_revenue,
        revenue_difference,
        price_type_snapshot_date,
        sales_snapshot_date
    from compared

)

select * from final
