-- Words in the name of an order's line that tell what it is, matched whole (any case, plural s or es). The lowest
-- priority wins; training words come before what the catalog says, the others after it. The seed, and the lines of
-- the home's file, which win.
{{ ledgerline.lines_with_settings(
    'square_item_classes',
    ['priority', 'word', 'item_class'],
    key=[ledgerline.plain_word('word')]
) }}
