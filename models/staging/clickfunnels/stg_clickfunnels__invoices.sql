with

invoices as (

    select
        *,
        {{ ledgerline.json_texts('payload', ledgerline.invoice_keys()) }} as texts
    from {{ source('clickfunnels', 'invoices') }}

),

final as (

    select
        organization_id,
        {{ ledgerline.invoice_columns() }},

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from invoices

)

select * from final
