with

days as (

    select
        *,
        meta_spend_amount + google_spend_amount as spend_amount
    from {{ ref('int_funnel_days_summed') }}

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.hash_number("concat_ws('|', organization_id, cast(date as varchar))") }} as id,
        date,

        -- numerics
        leads as total_leads,
        plus_sales as total_vip_sales,
        meta_spend_amount as total_spend_meta,
        google_spend_amount as total_spend_google,
        coalesce({{ ledgerline.amount_per('spend_amount', 'leads') }}, 0.00) as cpl,
        coalesce({{ ledgerline.amount_per('spend_amount', 'plus_sales') }}, 0.00) as cpp,
        coalesce(
            {{ ledgerline.amount_from_cents_ratio(
                '100 * ' ~ ledgerline.to_cents('revenue_amount'), ledgerline.to_cents('spend_amount')
            ) }}, 0.00
        ) as roas,
        coalesce({{ ledgerline.amount_per('100 * cast(plus_sales as decimal(18, 2))', 'leads') }}, 0.00)
            as vip_take_rate

    from days

)

select * from final
