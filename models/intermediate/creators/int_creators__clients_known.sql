with

clients as (

    select
        *,
        {{ ledgerline.recency(['client_id'], 'updated_at') }} as recency
    from {{ ref('stg_loyalty__clients') }}
    where export_date <= {{ ledgerline.as_of_utc_day() }}

),

final as (

    select
        -- ids
        client_id,

        -- texts
        name,
        subdomain,
        vip_metric,
        tier_calculation_mode,
        currency,

        -- numerics
        checkpoint_months,

        -- timestamps
        created_at

    from clients
    where recency = 1

)

select * from final
