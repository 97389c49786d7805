-- What a line is by its type, one row a type. The seed, and the lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'square_product_classes',
    ['product_type', 'item_class'],
    key=[ledgerline.plain_word('product_type')]
) }}
