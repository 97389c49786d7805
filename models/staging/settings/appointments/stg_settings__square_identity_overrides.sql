-- Pairs of customer ids that somebody looked at, one row a pair. The home's own file, else the seed, which ships
-- empty.
{{ ledgerline.business_lines(
    'square_identity_overrides', ['organization_id', 'customer_id_a', 'customer_id_b', 'decision']
) }}
