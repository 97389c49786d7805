{%- set keys = ['name', 'description', 'archived', 'created_at', 'updated_at', 'keap_product_id'] -%}

with

products as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from {{ source('clickfunnels', 'products') }}

),

final as (

    select
        -- ids
        organization_id,
        cast(object_id as bigint) as clickfunnels_product_id,
        {{ ledgerline.id_of_text('texts[6]') }} as keap_product_id,

        -- texts
        {{ ledgerline.told('texts[1]') }} as product_name,
        {{ ledgerline.told('texts[2]') }} as description,

        -- booleans
        coalesce(lower(texts[3]) = 'true', false) as is_archived,

        -- timestamps
        {{ ledgerline.instant_or_day("nullif(texts[4], '')") }} as created_at,
        {{ ledgerline.instant_or_day("nullif(texts[5], '')") }} as updated_at,

        -- provenance
        {{ ledgerline.funnel_provenance() }}

    from products

)

select * from final
