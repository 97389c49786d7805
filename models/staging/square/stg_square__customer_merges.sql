{%- set keys = [
    'from_customer_id',
    'to_customer_id',
    'merged_at',
    'undone_at'
] -%}

with

versions as (

    {{ ledgerline.square_versions(source('square', 'customer_merges')) }}

),

dated as (

    {{ ledgerline.square_dated('versions') }}

),

ranked as (

    {{ ledgerline.square_ranked('dated') }}

),

latest as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from ranked
    where version_rank = 1

),

final as (

    select
        -- ids
        organization_id,
        texts[1] as from_customer_id,
        texts[2] as to_customer_id,

        -- timestamps
        cast(texts[3] as timestamptz) as merged_at,
        cast(texts[4] as timestamptz) as undone_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from latest

)

select * from final
