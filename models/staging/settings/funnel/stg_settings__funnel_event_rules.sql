-- Which events mean what. The seed, and the lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'funnel_event_rules',
    ['rule', 'name_pattern', 'value_pattern'],
    key=['rule', 'name_pattern', 'value_pattern']
) }}
