with

contacts as (

    select
        *,
        {{ ledgerline.json_texts('payload', ledgerline.contact_keys()) }} as texts
    from {{ source('clickfunnels', 'contacts') }}

),

final as (

    select
        organization_id,
        {{ ledgerline.contact_columns() }},

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from contacts

)

select * from final
