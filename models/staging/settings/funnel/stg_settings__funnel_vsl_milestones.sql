-- Which percents of the sales video are reported. The seed, and the lines of the home's file, which win.
{{ ledgerline.lines_with_settings(
    'funnel_vsl_milestones',
    ['milestone_percent'],
    key=['milestone_percent']
) }}
