with

domains as (

    select * from {{ source('ops', 'published_domains') }}

),

renamed as (

    select
        -- ids
        domain,
        run_id,

        -- texts
        outcome,
        reason,

        -- timestamps
        as_of,
        built_at
    from domains

)

select * from renamed
