-- What a product is for the KPIs. The home's own file, else the seed, which ships empty.
{{ ledgerline.business_lines('funnel_product_roles', ['match_on', 'match_value', 'role']) }}
