-- The bookings of touched customers that have a note, newest first, as one JSON text.
with

bookings as (

    select
        placed.organization_id,
        placed.booking_id,
        placed.customer_number,
        placed.status,
        placed.start_at,
        bookings.customer_note,
        bookings.seller_note
    from {{ ref('int_square__bookings_placed') }} as placed
    inner join {{ ref('stg_square__bookings') }} as bookings
        on placed.organization_id = bookings.organization_id and placed.booking_id = bookings.booking_id
    where
        placed.is_touched
        and placed.has_note
        and (bookings.customer_note is not null or bookings.seller_note is not null)

),

technicians as (

    select
        segments.organization_id,
        segments.booking_id,
        segments.team_member_id,
        row_number() over (
            partition by segments.organization_id, segments.booking_id order by segments.segment_index
        ) as technician_rank
    from {{ ref('stg_square__booking_segments') }} as segments
    inner join bookings
        on segments.organization_id = bookings.organization_id and segments.booking_id = bookings.booking_id
    where segments.team_member_id is not null

),

noted as (

    select
        bookings.*,
        '{"booking_id":' || {{ ledgerline.json_text_of('bookings.booking_id') }}
        || ',"start_at":"' || {{ ledgerline.utc_text('bookings.start_at') }}
        || '","status":' || {{ ledgerline.json_text_of('bookings.status') }}
        || ',"customer_note":' || {{ ledgerline.json_text_of('bookings.customer_note') }}
        || ',"seller_note":' || {{ ledgerline.json_text_of('bookings.seller_note') }}
        || ',"technician_id":' || {{ ledgerline.json_text_of('technicians.team_member_id') }} || '}' as note
    from bookings
    left join technicians
        on
            bookings.organization_id = technicians.organization_id
            and bookings.booking_id = technicians.booking_id
            and technicians.technician_rank = 1

),

final as (

    select
        customer_number,
        '[' || string_agg(note, ',' order by start_at desc, {{ ledgerline.by_bytes('booking_id') }} asc) || ']'
            as booking_notes
    from noted
    group by customer_number

)

select * from final
