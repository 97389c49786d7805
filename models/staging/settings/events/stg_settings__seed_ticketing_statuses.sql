-- What each platform's words for the state of an order, attendee, ticket or refund mean. The seed, and the lines of
-- the home's file, which win.
{{ ledgerline.lines_with_settings(
    'seed_ticketing_statuses',
    ['platform', 'entity', 'source_status', 'status'],
    key=['platform', 'entity', ledgerline.plain_word('source_status')]
) }}
