-- What kind of thing a performance code stands for; the first pattern that matches. The seed, and the lines of the
-- home's file, which win.
{{ ledgerline.lines_with_settings(
    'box_office_code_kinds',
    ['match_order', 'code_pattern', 'performance_kind'],
    key=['match_order']
) }}
