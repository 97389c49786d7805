-- What a campaign is for, by its name; of the patterns found in it the one of lowest priority. The home's own file,
-- else the seed, which ships empty.
{{ ledgerline.business_lines('funnel_campaign_types', ['priority', 'pattern', 'campaign_type']) }}
