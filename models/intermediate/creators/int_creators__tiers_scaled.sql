with

-- A newer export of a client's tiers is its whole scale: what it leaves out is no tier any more.
tiers as (

    select
        *,
        rank() over (
            partition by client_id
            order by
                export_date desc, landed_run desc, {{ ledgerline.by_bytes('source_file') }} desc, source_hash
        ) as export_rank
    from {{ ref('stg_loyalty__tiers') }}
    where export_date <= {{ ledgerline.as_of_utc_day() }}

),

ordered as (

    select
        tiers.*,
        clients.vip_metric,
        row_number() over (
            partition by tiers.client_id order by tiers.tier_order, {{ ledgerline.by_bytes('tiers.tier_id') }}
        ) = 1 as is_lowest
    from tiers
    inner join {{ ref('int_creators__clients_known') }} as clients on tiers.client_id = clients.client_id
    where tiers.export_rank = 1

),

final as (

    select
        -- ids
        client_id,
        tier_id,

        -- texts
        tier_name,
        tier_color,

        -- numerics
        tier_order,
        sales_threshold,
        units_threshold,
        -- NULL: nobody reaches it.
        cast(
            coalesce(
                case when vip_metric = 'units' then units_threshold else sales_threshold end,
                case when is_lowest then 0 end
            ) as decimal(18, 2)
        ) as threshold,
        commission_rate,

        -- booleans
        is_lowest,
        is_lowest or checkpoint_exempt as is_exempt

    from ordered

)

select * from final
