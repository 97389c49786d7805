with

export_orders as (

    select * from {{ source('clickfunnels', 'export_orders') }}

),

final as (

    select
        -- ids
        organization_id,
        order_id,
        nullif(ltrim({{ ledgerline.trimmed('order_number') }}, '#'), '') as order_number,
        {{ ledgerline.email_address('email') }} as email,

        -- texts
        {{ ledgerline.told('full_name') }} as full_name,
        {{ ledgerline.told('phone') }} as phone,
        {{ ledgerline.told('funnel_name') }} as funnel_name,
        {{ ledgerline.trimmed('status') }} as source_status,
        upper({{ ledgerline.told('currency') }}) as currency,
        line_items,

        -- numerics
        cast(total as decimal(18, 2)) as order_total,

        -- timestamps
        {{ ledgerline.instant_or_day('created_at') }} as created_at,
        {{ ledgerline.instant_or_day('updated_at') }} as updated_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from export_orders

)

select * from final
