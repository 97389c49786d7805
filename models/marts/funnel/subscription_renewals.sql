with

renewals as (

    select * from {{ ref('int_renewals_found') }}

),

final as (

    select
        -- ids
        organization_id,
        invoice_id,
        order_id,
        contact_id,

        -- timestamps
        paid_at,
        local_date,

        -- numerics
        amount,
        currency

    from renewals

)

select * from final
