-- Sources of bookings that count as known, one row a source. The seed, and the lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'square_booking_sources',
    ['source', 'is_online'],
    key=['source']
) }}
