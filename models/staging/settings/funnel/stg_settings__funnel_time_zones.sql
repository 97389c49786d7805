-- IANA zones by the names that Rails gives them. The seed, and the lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'funnel_time_zones',
    ['rails_name', 'iana_name'],
    key=[ledgerline.plain_word('rails_name')]
) }}
