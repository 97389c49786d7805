with

redemptions as (

    select * from {{ ref('redemptions') }}

),

final as (

    select
        -- ids
        client_id,
        {{ ledgerline.first_of_month(ledgerline.utc_day('concluded_at')) }} as concluded_month,
        reward_type,

        -- numerics
        count(*) as redemption_count,
        count(distinct user_id) as user_count,
        cast(sum(spend_amount) as decimal(18, 2)) as spend_amount

    from redemptions
    where
        status = 'concluded'
        and not is_deleted
        and concluded_at <= {{ ledgerline.as_of_instant() }}
    group by client_id, {{ ledgerline.first_of_month(ledgerline.utc_day('concluded_at')) }}, reward_type

)

select * from final
