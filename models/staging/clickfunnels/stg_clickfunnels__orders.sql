with

orders as (

    select
        *,
        {{ ledgerline.json_texts('payload', ledgerline.order_keys()) }} as texts
    from {{ source('clickfunnels', 'orders') }}

),

final as (

    select
        organization_id,
        {{ ledgerline.order_columns() }},

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from orders

)

select * from final
