with

entries as (

    select * from {{ ref('int_money_entries_posted') }}
    where occurred_at <= {{ ledgerline.as_of_instant() }}

),

final as (

    select
        -- ids
        organization_id,
        entry_key,
        event_key,
        order_key,

        -- texts
        platform,
        entry_kind,
        currency,
        case when is_by_reading then 'observed' else 'source' end as date_basis,

        -- numerics
        amount,

        -- dates, in the event's zone
        local_date,

        -- timestamps
        occurred_at,
        first_seen_at

    from entries

)

select * from final
