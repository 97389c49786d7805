-- Series codes that open a production's label, and the family each belongs to. The seed, and the lines of the home's
-- file, which win.
{{ ledgerline.lines_with_settings(
    'box_office_series',
    ['match_order', 'series_pattern', 'series_family'],
    key=['match_order']
) }}
