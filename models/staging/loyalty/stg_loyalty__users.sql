with

users as (

    select * from {{ source('loyalty', 'users') }}

),

final as (

    select
        -- ids
        id as user_id,
        client_id,
        tiktok_handle_key as handle_key,

        -- texts
        ltrim({{ ledgerline.trimmed('tiktok_handle') }}, '@') as tiktok_handle,
        current_tier,

        -- booleans
        is_admin,

        -- dates
        export_date,

        -- timestamps
        tier_achieved_at,
        next_checkpoint_at,
        window_start,
        created_at,
        coalesce(updated_at, {{ ledgerline.midnight('export_date') }}) as updated_at,

        -- provenance
        _source_file as source_file,
        _source_hash as source_hash,
        _source_row as source_row,
        _landed_run as landed_run

    from users

)

select * from final
