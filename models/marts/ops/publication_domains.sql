-- A view: a publication is made when the build has ended. What readers have of this mart came with the publication that
-- they see, also where that is an earlier one again.
with

domains as (

    select * from {{ ref('stg_ops__published_domains') }}

),

final as (

    select
        -- ids
        domain,
        run_id,

        -- timestamps
        as_of,
        built_at,

        -- texts
        outcome,
        reason

    from domains

)

select * from final
