with

form_submissions as (

    select
        *,
        {{ ledgerline.json_texts('payload', ledgerline.submission_keys()) }} as texts
    from {{ source('clickfunnels', 'form_submissions') }}

),

final as (

    select
        organization_id,
        {{ ledgerline.submission_columns() }},

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from form_submissions

)

select * from final
