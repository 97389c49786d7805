-- After how many hours without anything new a source is stale; blank where silence is no news. The seed, and the
-- lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'source_limits',
    ['source', 'stale_hours', 'why'],
    key=['source']
) }}
