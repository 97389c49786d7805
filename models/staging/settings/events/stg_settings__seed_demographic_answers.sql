-- Answers and the bucket of each; one that is not listed and is no age is unknown, and reported. The seed, and the
-- lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'seed_demographic_answers',
    ['dimension', 'answer', 'bucket'],
    key=['dimension', ledgerline.plain_word('answer')]
) }}
