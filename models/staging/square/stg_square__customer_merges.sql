{%- set keys = [
    'from_customer_id',
    'to_customer_id',
    'merged_at',
    'undone_at'
] -%}

with

several as (

    {{ ledgerline.square_several(source('square', 'customer_merges')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'customer_merges'), 'several') }}

),

read as (

    select
        *,
        {{ ledgerline.json_texts('payload', keys) }} as texts
    from latest

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

    from read

)

select * from final
