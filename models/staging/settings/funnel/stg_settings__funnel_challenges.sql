-- The challenges and their days. The home's own file, else the seed, which ships empty.
{{ ledgerline.business_lines('funnel_challenges', ['challenge', 'starts_on', 'days']) }}
