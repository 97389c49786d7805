with

transactions as (

    select
        *,
        {{ ledgerline.json_texts('payload', ledgerline.transaction_keys()) }} as texts
    from {{ source('clickfunnels', 'transactions') }}

),

final as (

    select
        organization_id,
        {{ ledgerline.transaction_columns() }},

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from transactions

)

select * from final
