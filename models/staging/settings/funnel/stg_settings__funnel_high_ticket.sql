-- From what total on an order is high ticket; a currency that is not listed has none. The home's own file, else the
-- seed, which ships empty.
{{ ledgerline.business_lines('funnel_high_ticket', ['currency', 'min_amount']) }}
