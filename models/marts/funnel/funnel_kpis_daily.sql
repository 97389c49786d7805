with

days as (

    select * from {{ ref('int_funnel_days_summed') }}

),

final as (

    select
        organization_id,
        date,
        {{ ledgerline.funnel_kpis() }}
    from days

)

select * from final
