with

days as (

    select
        *,
        {{ ledgerline.spend_of_platforms() }} as spend_amount
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
        -- Of nothing 0, as it was there; of what is not known NULL.
        case
            when spend_amount is not null and leads is not null
                then coalesce({{ ledgerline.amount_per('spend_amount', 'leads') }}, 0.00)
        end as cpl,
        case
            when spend_amount is not null and plus_sales is not null
                then coalesce({{ ledgerline.amount_per('spend_amount', 'plus_sales') }}, 0.00)
        end as cpp,
        case
            when revenue_amount is not null and spend_amount is not null then coalesce(
                {{ ledgerline.amount_from_cents_ratio(
                    '100 * ' ~ ledgerline.to_cents('revenue_amount'), ledgerline.to_cents('spend_amount')
                ) }}, 0.00
            )
        end as roas,
        case
            when plus_sales is not null and leads is not null
                then coalesce({{ ledgerline.amount_per('100 * cast(plus_sales as decimal(18, 2))', 'leads') }}, 0.00)
        end as vip_take_rate

    from days

)

select * from final
