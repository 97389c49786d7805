-- Categories that are called otherwise than printed; any other category is kept as printed. The seed, and the lines
-- of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'box_office_categories',
    ['printed_category', 'category'],
    key=[ledgerline.plain_word('printed_category')]
) }}
