with

counts as (

    select * from {{ ref('int_attendance_counted') }}
    where platform = 'YouTube'

),

final as (

    select
        -- ids
        organization_id,
        {{ ledgerline.hash_number("concat_ws('|', organization_id, cast(date as varchar))") }} as id,

        -- timestamps
        extracted_at as created_at,
        date,

        -- texts
        platform,

        -- numerics
        participant_count

    from counts

)

select * from final
