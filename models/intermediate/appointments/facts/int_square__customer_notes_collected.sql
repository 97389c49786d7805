-- The bookings of customers that have a note, newest first, as one JSON text.
with

changed as (select customer_number from {{ ref('int_square__customers_changed') }}),

bookings as (

    select
        organization_id,
        booking_id,
        customer_number,
        status,
        start_at,
        customer_note,
        seller_note
    from {{ ref('int_square__bookings_placed') }}
    where
        customer_number in (select customer_number from changed)
        and (customer_note is not null or seller_note is not null)

),

technicians as (

    select
        segments.organization_id,
        segments.booking_id,
        segments.team_member_id,
        row_number() over (
            partition by segments.organization_id, segments.booking_id order by segments.segment_index
        ) as technician_rank
    from {{ ref('int_square__segments_valued') }} as segments
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
