with

changes as (

    select * from {{ ref('int_order_changes_found') }}

),

final as (

    select
        -- ids
        organization_id,
        order_id,
        change_number,

        -- timestamps
        changed_at,
        changed_date,
        valid_to_at,

        -- texts
        previous_status,
        billing_status,

        -- numerics
        cast(previous_total_amount as decimal(18, 2)) as previous_total_amount,
        cast(order_total as decimal(18, 2)) as order_total,
        currency,

        -- booleans
        is_counted,
        is_inferred,
        is_current,

        -- numerics
        cast(revenue_delta_amount as decimal(18, 2)) as revenue_delta_amount,

        -- texts
        input

    from changes

)

select * from final
