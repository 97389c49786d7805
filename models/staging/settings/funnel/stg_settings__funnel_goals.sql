-- What shall be reached, and by when. The home's own file, else the seed, which ships empty.
{{ ledgerline.business_lines('funnel_goals', ['goal', 'target', 'starts_on', 'ends_on']) }}
