-- Which channel a host of the funnel belongs to; a host that is not listed is `other`. The home's own file, else the
-- seed, which ships empty.
{{ ledgerline.business_lines('funnel_hosts', ['host', 'channel']) }}
