with

several as (

    {{ ledgerline.square_several(source('square', 'customer_merges')) }}

),

latest as (

    {{ ledgerline.square_latest(source('square', 'customer_merges'), 'several') }}

),

read as (

    {{ ledgerline.json_read('latest', 'payload', {
        'from_customer_id': 'from_customer_id',
        'to_customer_id': 'to_customer_id',
        'merged_at': 'merged_at',
        'undone_at': 'undone_at'
    }) }}

),

final as (

    select
        -- ids
        organization_id,
        from_customer_id,
        to_customer_id,

        -- timestamps
        cast(merged_at as timestamptz) as merged_at,
        cast(undone_at as timestamptz) as undone_at,

        -- provenance
        {{ ledgerline.square_provenance() }}

    from read

)

select * from final
