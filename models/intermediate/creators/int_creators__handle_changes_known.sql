with

changes as (

    select
        changes.*,
        {{ ledgerline.recency(['changes.client_id', 'changes.old_handle_key', 'changes.new_handle_key']) }} as recency
    from {{ ref('stg_loyalty__handle_changes') }} as changes
    inner join {{ ref('int_creators__clients_known') }} as clients on changes.client_id = clients.client_id
    where changes.export_date <= {{ ledgerline.as_of_utc_day() }}

),

final as (

    select
        -- ids
        client_id,
        old_handle_key,
        new_handle_key,

        -- timestamps
        detected_at,
        -- One that is yet to be confirmed links nobody.
        case when resolved_at <= {{ ledgerline.as_of_instant() }} then resolved_at end as resolved_at

    from changes
    where recency = 1 and old_handle_key <> new_handle_key

)

select * from final
