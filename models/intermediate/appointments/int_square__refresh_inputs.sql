-- What this build rests on, in one row: the last landing run that staging has seen, the as-of, and a digest of all that
-- changes every row: code, vars, seeds, places, services, exports, currencies and which kinds of input were ever
-- delivered. And what the last one rested on, if its rows may stay: another digest, a table that is not there or a full
-- refresh make everyone's anew.
with

landed as (

    select max(landed_run) as landed_run from {{ ref('stg_square__bookings') }}

    union all

    select max(landed_run) as landed_run from {{ ref('stg_square__customers') }}

    union all

    select max(landed_run) as landed_run from {{ ref('stg_square__orders') }}

    union all

    select max(landed_run) as landed_run from {{ ref('stg_square__payments') }}

    union all

    select max(landed_run) as landed_run from {{ ref('stg_square__refunds') }}

),

whole_inputs as (

    select
        1 as input_order,
        string_agg(code || ':' || cast(exponent as varchar), ',' order by {{ ledgerline.by_bytes('code') }}) as said
    from {{ ref('currencies') }}

    union all

    select
        2 as input_order,
        string_agg(
            source || ':' || cast(is_online as varchar), ',' order by {{ ledgerline.by_bytes('source') }}
        ) as said
    from {{ ref('stg_settings__square_booking_sources') }}

    union all

    select
        3 as input_order,
        string_agg(
            word || ':' || item_class || ':' || cast(priority as varchar), ','
            order by {{ ledgerline.by_bytes('word') }}, priority
        ) as said
    from {{ ref('stg_settings__square_item_classes') }}

    union all

    select
        4 as input_order,
        string_agg(product_type || ':' || item_class, ',' order by {{ ledgerline.by_bytes('product_type') }}) as said
    from {{ ref('stg_settings__square_product_classes') }}

    union all

    select
        5 as input_order,
        cast(max(landed_run) as varchar) as said
    from {{ ref('stg_square__locations') }}

    union all

    select
        6 as input_order,
        cast(max(landed_run) as varchar) as said
    from {{ ref('stg_square__service_variations') }}

    union all

    select
        7 as input_order,
        cast(max(landed_run) as varchar) as said
    from {{ ref('stg_square__export_transactions') }}

    union all

    select
        8 as input_order,
        cast(max(landed_run) as varchar) as said
    from {{ ref('stg_square__export_items') }}

    union all

    select
        9 as input_order,
        cast(max(landed_run) as varchar) as said
    from {{ ref('stg_square__export_customers') }}

    union all

    select
        10 as input_order,
        string_agg(
            organization_id || ':' || currency || ':' || cast(minor_unit_exponent as varchar), ','
            order by {{ ledgerline.by_bytes('organization_id') }}
        ) as said
    from {{ ref('int_square__organizations_priced') }}

    union all

    select
        11 as input_order,
        string_agg(
            concat_ws(
                ':', organization_id, has_bookings, has_payments, has_orders, has_referral_profiles, has_rewards,
                has_card_activities
            ),
            ',' order by {{ ledgerline.by_bytes('organization_id') }}
        ) as said
    from {{ ref('int_square__inputs_delivered') }}

),

digested as (

    select md5(string_agg(coalesce(said, ''), '/' order by input_order)) as inputs_digest
    from whole_inputs

),

newest as (

    select coalesce(max(landed_run), 0) as seen_run
    from landed

),

inputs as (

    select
        newest.seen_run,
        {{ ledgerline.as_of_instant() }} as built_as_of,
        '{{ ledgerline.square_digest() }}' || digested.inputs_digest as digest
    from newest
    cross join digested

),

final as (

    select
        inputs.seen_run,
        inputs.built_as_of,
        inputs.digest,
        refresh_state.digest is null as is_everyone,
        refresh_state.seen_run as last_seen_run,
        -- The clock may go either way.
        least(refresh_state.built_as_of, inputs.built_as_of) as earlier_as_of,
        greatest(refresh_state.built_as_of, inputs.built_as_of) as later_as_of
    from inputs
    left join {{ ref('int_square__refresh_state') }} as refresh_state
        on inputs.digest = refresh_state.digest and {{ ledgerline.square_is_kept() }}

)

select * from final
