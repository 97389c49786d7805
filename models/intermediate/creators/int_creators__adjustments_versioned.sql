with

adjustments as (

    select
        *,
        {{ ledgerline.recency(['client_id', 'adjustment_id']) }} as recency
    from {{ ref('stg_loyalty__sales_adjustments') }}
    where export_date <= {{ ledgerline.as_of_utc_day() }}

),

creators as (

    select distinct
        client_id,
        handle_user_id,
        creator_key
    from {{ ref('int_creators__handles_resolved') }}
    where handle_user_id is not null

),

final as (

    select
        -- ids
        adjustments.client_id,
        adjustments.adjustment_id,
        -- A merged user's adjustments are the other one's.
        creators.creator_key,

        -- numerics
        adjustments.amount,
        adjustments.amount_units,
        -- 1 is what holds now.
        adjustments.recency,

        -- dates
        adjustments.export_date,

        -- timestamps
        -- NULL while it is pending: not applied, or only after the as-of.
        case
            when adjustments.applied_at <= {{ ledgerline.as_of_instant() }} then adjustments.applied_at
        end as applied_at

    from adjustments
    inner join creators
        on adjustments.client_id = creators.client_id and adjustments.user_id = creators.handle_user_id

)

select * from final
