-- What a status of an order means; one that is not listed is kept and does not count. The seed, and the lines of the
-- home's file, which win.
{{ ledgerline.lines_with_settings(
    'funnel_order_statuses',
    ['order_source', 'source_status', 'billing_status', 'counts', 'was_paid'],
    key=['order_source', ledgerline.plain_word('source_status')]
) }}
